"""The contrastive loss of CLIP (Radford et al., 2021, figure 3) and its gradients in PyTorch: a batch of three pictures
and texts through both towers of gelu/model.safetensors.

    /usr/bin/python3 contrastive_golden.py        (beside gelu/; needs torch, writes contrastive.safetensors)

Pictures are the one of gelu/expected.safetensors, its mirror image and its negative; texts are those of that file. The
logits of the first picture are compared with the file's, which another implementation wrote. Of each gradient every
seventh element is kept, and the norm of all.
"""

import json
import pathlib
import struct

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
STRIDE = 7
HEADS = {"vision_model": 3, "text_model": 5}
KINDS = {"F32": torch.float32, "I64": torch.int64}


def load(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, info in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = info["data_offsets"]
            raw = bytearray(data[8 + length + begin : 8 + length + end])
            tensors[name] = torch.frombuffer(raw, dtype=KINDS[info["dtype"]]).view(info["shape"])
    return tensors


def save(path, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        raw = tensors[name].contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensors[name].shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def norm(w, name, x):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-5)


def encoder(w, tower, x, causal):
    batch, rows, width = x.shape
    heads = HEADS[tower]
    mask = torch.full((rows, rows), float("-inf")).triu(1) if causal else torch.zeros(rows, rows)
    for layer in range(2):
        at = "%s.encoder.layers.%d." % (tower, layer)
        y = norm(w, at + "layer_norm1", x)
        q, k, v = (
            linear(w, at + "self_attn.%s_proj" % p, y).view(batch, rows, heads, -1).transpose(1, 2) for p in "qkv"
        )
        scores = q @ k.transpose(2, 3) * (width // heads) ** -0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, rows, width)
        x = x + linear(w, at + "self_attn.out_proj", mixed)
        x = x + linear(w, at + "mlp.fc2", F.gelu(linear(w, at + "mlp.fc1", norm(w, at + "layer_norm2", x))))
    return x


def images(w, pixels):
    at = "vision_model.embeddings."
    patches = F.conv2d(pixels, w[at + "patch_embedding.weight"], stride=16).flatten(2).transpose(1, 2)
    begin = w[at + "class_embedding"].expand(len(pixels), 1, -1)
    x = torch.cat([begin, patches], 1) + w[at + "position_embedding.weight"]
    x = encoder(w, "vision_model", norm(w, "vision_model.pre_layrnorm", x), False)
    return F.normalize(linear(w, "visual_projection", norm(w, "vision_model.post_layernorm", x[:, 0])), dim=-1)


def texts(w, ids):
    at = "text_model.embeddings."
    x = w[at + "token_embedding.weight"][ids] + w[at + "position_embedding.weight"][: ids.shape[1]]
    x = norm(w, "text_model.final_layer_norm", encoder(w, "text_model", x, True))
    end = x[torch.arange(len(ids)), ids.argmax(-1)]  # the end token has the largest id; what follows is padding
    return F.normalize(linear(w, "text_projection", end), dim=-1)


def main():
    torch.set_num_threads(1)
    w = {name: tensor.requires_grad_() for name, tensor in load(HERE / "gelu/model.safetensors").items()}
    known = load(HERE / "gelu/expected.safetensors")
    first = known["pixel_values"]
    logits = images(w, torch.cat([first, first.flip(3), -first])) @ texts(w, known["input_ids"]).T
    logits = logits * w["logit_scale"].exp()
    assert (logits[:1] - known["logits_per_image"]).abs().max() < 1e-5
    own = torch.arange(3)
    losses = F.cross_entropy(logits, own), F.cross_entropy(logits.T, own)
    (sum(losses) / 2).backward()
    kept = {"losses": torch.stack(losses).detach()}
    for name, parameter in w.items():
        kept["sample." + name] = parameter.grad.flatten()[::STRIDE]
        kept["norm." + name] = parameter.grad.double().norm().float()
    save(HERE / "gelu/contrastive.safetensors", kept, {"torch": torch.__version__, "stride": str(STRIDE)})
    print(losses, max(k.abs().max() for k in kept.values()))


main()
