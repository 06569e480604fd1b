package org.clipscribe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {
  private static final Path HOME = Path.of("/home/me");

  private static HubSettings of(String... variables) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return HubSettings.of(environment, HOME);
  }

  @ParameterizedTest
  @CsvSource({
    "X=, /home/me/.cache/huggingface/hub",
    "XDG_CACHE_HOME=/c, /c/huggingface/hub",
    "XDG_CACHE_HOME=/c HF_HOME=/h, /h/hub",
    "HF_HOME=~/hf, /home/me/hf/hub",
    "HF_HOME=$DATA/hf DATA=/d, /d/hf/hub",
    "HF_HOME=/a/${DATA}/hf DATA=d, /a/d/hf/hub",
    "HF_HOME=/a/$NONE, /a/$NONE/hub",
    "HUGGINGFACE_HUB_CACHE=/old HF_HOME=/h, /old",
    "HF_HUB_CACHE=~/x/../y HUGGINGFACE_HUB_CACHE=/old HF_HOME=/h, /home/me/y"
  })
  void findsTheCacheWherePythonHasIt(String variables, Path cache) {
    assertThat(of(variables.split(" ")).cache()).isEqualTo(cache);
  }

  @Test
  void hasTheHubsDefaults() {
    HubSettings settings = of();
    assertThat(settings.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(settings.token()).isEmpty();
    assertThat(settings.offline()).isFalse();
    assertThat(settings.symlinks()).isTrue();
    assertThat(settings.answerTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.silenceTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void followsItsVariables() {
    HubSettings settings =
        of(
            "HF_ENDPOINT=https://mirror.example/hf//",
            "HF_TOKEN= hf_x ",
            "HF_HUB_OFFLINE=True",
            "HF_HUB_DISABLE_SYMLINKS=on",
            "HF_HUB_ETAG_TIMEOUT=3",
            "HF_HUB_DOWNLOAD_TIMEOUT=60");
    assertThat(settings.endpoint()).isEqualTo(URI.create("https://mirror.example/hf"));
    assertThat(settings.token()).contains("hf_x");
    assertThat(settings.offline()).isTrue();
    assertThat(settings.symlinks()).isFalse();
    assertThat(settings.answerTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.silenceTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.toString()).doesNotContain("hf_x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HF_ENDPOINT=huggingface.co",
        "HF_ENDPOINT=ftp://x",
        "HF_ENDPOINT=https://user:secret@x",
        "HF_ENDPOINT=https://x?y",
        "HF_ENDPOINT=https://a b",
        "HF_TOKEN=two words",
        "HF_TOKEN=x\r\nHost: y",
        "HF_HUB_DOWNLOAD_TIMEOUT=soon",
        "HF_HUB_ETAG_TIMEOUT=0",
        "HTTPS_PROXY=socks5://x:1",
        "http_proxy=://"
      })
  void refusesValuesThatCannotBeFollowed(String variable) {
    assertThatThrownBy(() -> of(variable))
        .isInstanceOf(BadInputException.class)
        .hasMessageNotContaining("secret:");
  }

  @ParameterizedTest
  @CsvSource({
    "https://hub.example/x, proxy:3128",
    "http://hub.example/x, other:80",
    "https://in.example/x, DIRECT",
    "https://a.in.example/x, DIRECT",
    "https://notin.example/x, proxy:3128",
    "https://port.example:8443/x, DIRECT",
    "https://port.example/x, proxy:3128",
    "https://sub.dot.example/x, DIRECT"
  })
  void choosesTheProxyOfEachHost(URI uri, String expected) {
    Proxies proxies =
        of(
                "HTTPS_PROXY=http://me:pw@proxy:3128",
                "http_proxy=other",
                "HTTP_PROXY=http://wrong",
                "NO_PROXY=in.example, port.example:8443,.dot.example")
            .proxies();
    Proxy proxy = proxies.selector().select(uri).getFirst();
    String shown =
        proxy.address() instanceof InetSocketAddress address
            ? address.getHostString() + ":" + address.getPort()
            : proxy.type().name();
    assertThat(shown).isEqualTo(expected);
    assertThat(proxies.haveCredentials()).isTrue();
  }

  @Test
  void usesNoProxyAtAllForAStar() {
    Proxies proxies = of("ALL_PROXY=http://p:1", "NO_PROXY=*").proxies();
    assertThat(proxies.selector().select(URI.create("https://x/"))).containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.haveCredentials()).isFalse();
  }
}
