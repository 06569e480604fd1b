package org.clipscribe.hub;

import java.io.IOException;
import org.clipscribe.nn.BadInputException;

/// Brings models from a Hugging Face hub into the cache that Python programs share.
///
/// Every file is verified against the digest that the hub names it by, and against a pinned one if
/// there is one, before it appears under its name. An interrupted download goes on where it ended,
/// also in the next run. For one thread at a time.
public final class HubClient {
  private final HubSettings settings;
  private final String agent;
  private final HubCache cache;
  private final PartialFile.Opener opener;

  /// @param agent what servers are told about this program
  public HubClient(HubSettings settings, String agent) {
    this(settings, agent, PartialFile::open);
  }

  HubClient(HubSettings settings, String agent, PartialFile.Opener opener) {
    this.settings = settings;
    this.agent = agent;
    this.cache = new HubCache(settings.cache(), settings.symlinks());
    this.opener = opener;
  }

  /// Brings what is missing of a model and verifies all of it. When the network is forbidden there
  /// is nothing here that could open a connection; when nobody answers, a whole model in the cache
  /// does.
  ///
  /// @throws HubException when files are missing here and cannot be had: no network or none
  ///     allowed, no such repository, no permission
  /// @throws BadInputException when the hub sends something else than it said
  /// @throws IOException when the cache cannot be written, or the thread was interrupted
  public PulledModel pull(PullRequest request, PullListener listener) throws IOException {
    if (settings.offline()) {
      return LocalPull.pull(cache, request, listener);
    }
    try (Transport transport = new Transport(settings, agent)) {
      Blobs blobs = new Blobs(cache, settings, transport, opener);
      return new RemotePull(settings, cache, transport, blobs, request, listener).pull();
    } catch (HubException e) {
      if (!e.isUnreachable()) {
        throw e;
      }
      return fallBack(request, listener, e);
    }
  }

  private PulledModel fallBack(PullRequest request, PullListener listener, HubException reason)
      throws IOException {
    PulledModel model;
    try {
      model = LocalPull.pull(cache, request, listener);
    } catch (HubException e) {
      throw reason;
    }
    listener.note("%s; what is in the cache is whole".formatted(reason.getMessage()));
    return model;
  }
}
