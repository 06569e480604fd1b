"""The captioner of size S in PyTorch, as lean as it goes: no library above torch, weights mapped from
the safetensors file, a key-value cache, greedy decoding.

    torch_captioner.py cold MODEL.safetensors PHOTO THREADS TOKENS    one caption, then the end
    torch_captioner.py serve MODEL.safetensors PIXELS.f32 THREADS TOKENS

`serve` answers each line {"do": "image"} or {"do": "caption"} of standard input with
{"seconds": .., "cpuSeconds": .., "values": [..]}: the embedding, or the tokens.
"""

import json
import mmap
import struct
import sys
import time

import torch
import torch.nn.functional as F

WIDTH, HEADS, LAYERS, EPSILON = 768, 12, 12, 1e-5
MAPPING_LAYERS, MAPPING_HEADS, PREFIX = 6, 16, 4
SIDE, PATCH = 224, 32
BEGIN = 50256
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def load(path):
    """All tensors of a safetensors file of floats, mapped and not copied."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, info in header.items():
        if name != "__metadata__":
            begin, end = info["data_offsets"]
            flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=8 + length + begin)
            tensors[name] = flat.view(info["shape"])
    return tensors


def photo(path):
    """Pixels of a photo, prepared as CLIP's processor does."""
    import numpy
    from PIL import Image

    image = Image.open(path).convert("RGB")
    width, height = image.size
    short = min(width, height)
    image = image.resize((int(width * SIDE / short), int(height * SIDE / short)), Image.BICUBIC)
    left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
    image = image.crop((left, top, left + SIDE, top + SIDE))
    pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).float() / 255
    return ((pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)).unsqueeze(0)


class Captioner:
    def __init__(self, tensors):
        self.t = tensors

    def linear(self, name, x):
        return F.linear(x, self.t[name + ".weight"], self.t[name + ".bias"])

    def conv1d(self, name, x):
        return torch.addmm(self.t[name + ".bias"], x, self.t[name + ".weight"])

    def norm(self, name, x):
        return F.layer_norm(x, (WIDTH,), self.t[name + ".weight"], self.t[name + ".bias"], EPSILON)

    @staticmethod
    def attention(q, k, v, heads, causal):
        """Rows [T, C]; the queries are the last rows of the sequence."""
        q, k, v = (x.view(x.shape[0], heads, -1).transpose(0, 1) for x in (q, k, v))
        scores = q @ k.transpose(1, 2) * q.shape[-1] ** -0.5
        if causal and q.shape[1] > 1:
            hidden = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool).triu(k.shape[1] - q.shape[1] + 1)
            scores = scores.masked_fill(hidden, float("-inf"))
        return (scores.softmax(-1) @ v).transpose(0, 1).reshape(-1, WIDTH)

    def image(self, pixels):
        """[1, 3, 224, 224] to the pooled vector [1, C]."""
        vision = "clip.vision_model."
        embeddings = vision + "embeddings."
        patches = F.conv2d(pixels, self.t[embeddings + "patch_embedding.weight"], stride=PATCH)
        patches = patches.flatten(2).transpose(1, 2)[0]
        x = torch.cat([self.t[embeddings + "class_embedding"].view(1, -1), patches])
        x = self.norm(vision + "pre_layrnorm", x + self.t[embeddings + "position_embedding.weight"])
        for i in range(LAYERS):
            layer = f"{vision}encoder.layers.{i}."
            y = self.norm(layer + "layer_norm1", x)
            attention = layer + "self_attn."
            q, k, v = (self.linear(attention + part + "_proj", y) for part in "qkv")
            x = x + self.linear(attention + "out_proj", self.attention(q, k, v, HEADS, False))
            y = self.linear(layer + "mlp.fc1", self.norm(layer + "layer_norm2", x))
            x = x + self.linear(layer + "mlp.fc2", y * torch.sigmoid(1.702 * y))
        return self.norm(vision + "post_layernorm", x[:1])

    def prefix(self, x):
        for i in range(MAPPING_LAYERS):
            layer = f"mapping.transformer_encoder.layers.{i}."
            attention = layer + "self_attn."
            qkv = F.linear(x, self.t[attention + "in_proj_weight"], self.t[attention + "in_proj_bias"])
            mixed = self.attention(*qkv.split(WIDTH, 1), MAPPING_HEADS, False)
            x = self.norm(layer + "norm1", x + self.linear(attention + "out_proj", mixed))
            inner = F.relu(self.linear(layer + "linear1", x))
            x = self.norm(layer + "norm2", x + self.linear(layer + "linear2", inner))
        return self.linear("mapping.mapper", x).view(PREFIX, WIDTH)

    def decode(self, x, cache):
        """New rows [T, C] without positions to the logits of the last one."""
        seen = cache[0][0].shape[0] if cache else 0
        x = x + self.t["gpt2.wpe.weight"][seen : seen + x.shape[0]]
        for i in range(LAYERS):
            layer = f"gpt2.h.{i}."
            qkv = self.conv1d(layer + "attn.c_attn", self.norm(layer + "ln_1", x))
            q, k, v = qkv.split(WIDTH, 1)
            if seen:
                k, v = torch.cat([cache[i][0], k]), torch.cat([cache[i][1], v])
                cache[i] = (k, v)
            else:
                cache.append((k, v))
            x = x + self.conv1d(layer + "attn.c_proj", self.attention(q, k, v, HEADS, True))
            inner = F.gelu(self.conv1d(layer + "mlp.c_fc", self.norm(layer + "ln_2", x)), approximate="tanh")
            x = x + self.conv1d(layer + "mlp.c_proj", inner)
        return F.linear(self.norm("gpt2.ln_f", x[-1:]), self.t["gpt2.wte.weight"])

    def caption(self, pixels, most):
        words = self.t["gpt2.wte.weight"]
        rows = torch.cat([words[BEGIN : BEGIN + 1], self.prefix(self.image(pixels))])
        cache, tokens = [], []
        while True:
            token = int(self.decode(rows, cache).argmax())
            tokens.append(token)
            if token == BEGIN or len(tokens) == most:
                return tokens
            rows = words[token : token + 1]


def serve(captioner, pixels, most):
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        if json.loads(line)["do"] == "image":
            values = captioner.image(pixels)[0].tolist()
        else:
            values = captioner.caption(pixels, most)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"seconds": wall, "cpuSeconds": cpu, "values": values}), flush=True)


def main():
    mode, model, picture, threads, most = sys.argv[1:]
    torch.set_num_threads(int(threads))
    with torch.inference_mode():
        captioner = Captioner(load(model))
        if mode == "cold":
            print(json.dumps({"values": captioner.caption(photo(picture), int(most))}))
        else:
            with open(picture, "rb") as file:
                pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
            serve(captioner, pixels.view(1, 3, SIDE, SIDE), int(most))


main()
