package org.clipscribe.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The form on a drive's page that asks whether a file is really wanted.
final class ConfirmationForm {
  private static final Pattern FORM =
      Pattern.compile("<form\\b([^>]*)>(.*?)</form>", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern INPUT =
      Pattern.compile("<input\\b([^>]*)>", Pattern.CASE_INSENSITIVE);
  private static final Pattern ATTRIBUTE =
      Pattern.compile("([\\w-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");
  private static final Pattern OLD_LINK = Pattern.compile("href=\"(/uc\\?export=download[^\"]+)");

  private ConfirmationForm() {}

  /// Where the form leads when it is confirmed, perhaps relative to the page.
  static Optional<String> target(String page) {
    Matcher forms = FORM.matcher(page);
    while (forms.find()) {
      String form = forms.group(1);
      String action = attribute(form, "action");
      if (attribute(form, "id").equals("download-form") || action.contains("/download")) {
        return Optional.of(address(action, forms.group(2)));
      }
    }
    Matcher link = OLD_LINK.matcher(page);
    return link.find() ? Optional.of(unescape(link.group(1))) : Optional.empty();
  }

  private static String address(String action, String fields) {
    List<String> query = new ArrayList<>();
    Matcher inputs = INPUT.matcher(fields);
    while (inputs.find()) {
      String name = attribute(inputs.group(1), "name");
      if (!name.isEmpty()) {
        String value = attribute(inputs.group(1), "value");
        query.add(PercentEncoding.whole(name) + "=" + PercentEncoding.whole(value));
      }
    }
    if (query.isEmpty()) {
      return action;
    }
    return action + (action.contains("?") ? "&" : "?") + String.join("&", query);
  }

  private static String attribute(String attributes, String name) {
    Matcher matcher = ATTRIBUTE.matcher(attributes);
    while (matcher.find()) {
      if (matcher.group(1).equalsIgnoreCase(name)) {
        return unescape(matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
      }
    }
    return "";
  }

  private static String unescape(String text) {
    return text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
  }
}
