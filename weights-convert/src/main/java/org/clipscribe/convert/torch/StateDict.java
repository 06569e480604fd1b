package org.clipscribe.convert.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.clipscribe.convert.torch.PickleValue.Dict;
import org.clipscribe.convert.torch.PickleValue.TensorRef;
import org.clipscribe.convert.torch.PickleValue.Text;
import org.clipscribe.nn.BadInputException;

/// The tensors by name that a file holds: at its top, or one level down in a trainer's file.
///
/// @param path the key it was found under, empty at the top
record StateDict(String path, Map<String, TensorRef> tensors) {
  /// Where trainers put the model, most telling first.
  private static final List<String> USUAL = List.of("model_state_dict", "state_dict", "model");

  private static final String HINT = "; save model.state_dict() with torch.save and convert that";

  /// @param file named in errors
  /// @throws BadInputException when there is none, or more than one and no telling which
  static StateDict find(PickleValue top, String file) {
    if (!(top instanceof Dict dict)) {
      throw new BadInputException(file, "holds " + top.kind() + ", not a state_dict" + HINT);
    }
    Map<String, Map<String, TensorRef>> inner = new LinkedHashMap<>();
    dict.entries.forEach(
        (key, value) -> {
          if (key instanceof Text(String name) && value instanceof Dict child) {
            Map<String, TensorRef> tensors = tensors(child);
            if (!tensors.isEmpty()) {
              inner.put(name, tensors);
            }
          }
        });
    for (String usual : USUAL) {
      if (inner.containsKey(usual)) {
        return new StateDict(usual, inner.get(usual));
      }
    }
    Map<String, TensorRef> own = tensors(dict);
    if (!own.isEmpty()) {
      return new StateDict("", own);
    }
    if (inner.size() == 1) {
      Map.Entry<String, Map<String, TensorRef>> only = inner.entrySet().iterator().next();
      return new StateDict(only.getKey(), only.getValue());
    }
    throw new BadInputException(file, absent(dict, inner) + HINT);
  }

  private static String absent(Dict dict, Map<String, Map<String, TensorRef>> inner) {
    if (!inner.isEmpty()) {
      return "holds several sets of weights and none of the usual name state_dict: "
          + inner.keySet();
    }
    if (dict.entries.containsKey(new Text("param_groups"))) {
      return "holds the state of an optimizer, not a state_dict: no weights by name";
    }
    return "holds no tensor by name, so it is not a state_dict; its keys are ["
        + dict.entries.keySet().stream()
            .limit(10)
            .map(key -> key instanceof Text(String name) ? name : key.kind())
            .collect(Collectors.joining(", "))
        + "]";
  }

  private static Map<String, TensorRef> tensors(Dict dict) {
    Map<String, TensorRef> tensors = new LinkedHashMap<>();
    dict.entries.forEach(
        (key, value) -> {
          if (key instanceof Text(String name) && value instanceof TensorRef tensor) {
            tensors.put(name, tensor);
          }
        });
    return tensors;
  }
}
