package org.clipscribe.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.clipscribe.cli.PulledModels.Reference;
import org.clipscribe.hub.BlobDigest;
import org.clipscribe.hub.DirectClient;
import org.clipscribe.hub.DirectSource;
import org.clipscribe.hub.KnownModel;
import org.clipscribe.hub.KnownModel.Kind;
import org.clipscribe.hub.KnownModel.KnownFile;
import org.clipscribe.hub.KnownModel.Origin;
import org.clipscribe.hub.KnownModels;
import org.clipscribe.hub.ModelStore;
import org.clipscribe.hub.PullRequest;
import org.clipscribe.hub.RemotePath;
import org.clipscribe.hub.Revision;
import org.jspecify.annotations.Nullable;

/// What a command line asks `pull` to fetch.
///
/// @param name by which `--model` will find it
/// @param kind if it is known
/// @param clip the known model that has to come with it
/// @param what is to be fetched
record PullTarget(String name, Optional<Kind> kind, Optional<String> clip, Fetch what) {
  /// How it is fetched.
  sealed interface Fetch {
    record FromHub(PullRequest request) implements Fetch {}

    record Direct(DirectClient.Request request) implements Fetch {}
  }

  /// As the user gave them.
  record Arguments(
      String name,
      List<String> files,
      @Nullable Revision revision,
      @Nullable String sha256,
      @Nullable String as) {}

  /// A known model, without more ado.
  static PullTarget of(KnownModel model) {
    return known(new Arguments(model.name(), List.of(), null, null, null), model);
  }

  /// @throws IllegalArgumentException when the arguments make no sense
  static PullTarget parse(Arguments arguments, KnownModels register) {
    String name = arguments.name();
    Optional<DirectSource> source = DirectSource.parse(name);
    Optional<KnownModel> known =
        register
            .find(name)
            .or(() -> register.all().stream().filter(m -> isOf(m, source)).findFirst());
    if (known.isPresent()) {
      return known(arguments, known.get());
    }
    if (source.isPresent()) {
      return direct(arguments, source.get());
    }
    Reference reference =
        Reference.parse(name, arguments.revision() == null ? Revision.MAIN : arguments.revision())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        name
                            + " is no known model (clipscribe models lists them), no repository"
                            + " (organisation/name) and no address of a file"));
    requireNone(arguments.sha256(), "--sha256");
    requireNone(arguments.as(), "--name");
    return new PullTarget(
        name, Optional.empty(), Optional.empty(), fromHub(arguments, reference, Map.of()));
  }

  private static boolean isOf(KnownModel model, Optional<DirectSource> source) {
    return model.origin() instanceof Origin.File(DirectSource own)
        && source.equals(Optional.of(own));
  }

  private static PullTarget known(Arguments arguments, KnownModel model) {
    Optional<Kind> kind = Optional.of(model.kind());
    return switch (model.origin()) {
      case Origin.Repository(var id, Revision revision) -> {
        requireNone(arguments.sha256(), "--sha256");
        requireNone(arguments.as(), "--name");
        Revision wanted = Objects.requireNonNullElse(arguments.revision(), revision);
        boolean other = !wanted.equals(revision);
        Reference reference = new Reference(id, wanted);
        // Pins belong to the revision of the register.
        Fetch fetch = fromHub(arguments, reference, other ? Map.of() : KnownModels.pins(model));
        String name = other ? id + "@" + wanted : model.name();
        yield new PullTarget(name, kind, model.clip(), fetch);
      }
      case Origin.File(DirectSource source) -> {
        refuseRepositoryOptions(arguments);
        KnownFile file = model.files().getFirst();
        Optional<BlobDigest> digest =
            Optional.ofNullable(arguments.sha256()).map(BlobDigest::sha256).or(file::sha256);
        String name = arguments.as() == null ? model.name() : arguments.as();
        yield new PullTarget(
            name,
            kind,
            model.clip(),
            new Fetch.Direct(new DirectClient.Request(name, source, file.path().name(), digest)));
      }
    };
  }

  private static Fetch fromHub(
      Arguments arguments, Reference reference, Map<RemotePath, PullRequest.Pin> pins) {
    List<RemotePath> files = arguments.files().stream().map(RemotePath::new).toList();
    return new Fetch.FromHub(
        new PullRequest(reference.repository(), reference.revision(), files, pins));
  }

  private static PullTarget direct(Arguments arguments, DirectSource source) {
    refuseRepositoryOptions(arguments);
    if (source instanceof DirectSource.Web && arguments.sha256() == null) {
      throw new IllegalArgumentException(
          "a file of the web needs --sha256 HEX, the digest that its publisher gives, since nothing"
              + " else tells whether it is the right one");
    }
    String name = arguments.as() == null ? usualName(source) : arguments.as();
    if (!ModelStore.isName(name)) {
      throw new IllegalArgumentException(
          name
              + " is no name for a model; give one of letters, digits, '.', '_' and '-' with"
              + " --name");
    }
    return new PullTarget(
        name,
        Optional.empty(),
        Optional.empty(),
        new Fetch.Direct(
            new DirectClient.Request(
                name,
                source,
                source.fileName(),
                Optional.ofNullable(arguments.sha256()).map(BlobDigest::sha256))));
  }

  private static String usualName(DirectSource source) {
    return source instanceof DirectSource.Drive(String id)
        ? "drive-" + id
        : source.fileName().replaceAll("\\.[A-Za-z]+$", "");
  }

  private static void refuseRepositoryOptions(Arguments arguments) {
    requireNone(arguments.revision(), "--revision");
    if (!arguments.files().isEmpty()) {
      throw new IllegalArgumentException(
          arguments.name() + " is a single file; leave out " + arguments.files());
    }
  }

  private static void requireNone(@Nullable Object value, String option) {
    if (value != null) {
      throw new IllegalArgumentException(
          option
              + (option.equals("--revision")
                  ? " is for repositories of the hub; leave it out"
                  : " is for single files (drive:ID, https://..., file:///...); leave it out"));
    }
  }
}
