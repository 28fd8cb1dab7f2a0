/// The tensors of a checkpoint by the names its family gives them, from one file or several.
///
/// A name is looked for in each file in turn, in each bare and with the prefixes that checkpoints put before
/// the encoder's part (`bert.`); `LayerNorm.weight` also under its old name `LayerNorm.gamma`.
struct TensorSet: Sendable {
    private let files: [Safetensors]
    private let prefixes: [String]

    init(_ files: [Safetensors], prefixes: [String] = ["", "bert."]) {
        precondition(!files.isEmpty, "no file")
        (self.files, self.prefixes) = (files, prefixes)
    }

    /// The path that errors name.
    var path: String { files[0].path }

    func find(_ name: String) -> (file: Safetensors, tensor: Safetensors.Tensor)? {
        for file in files {
            for prefix in prefixes {
                if let tensor = file.tensors[prefix + name] { return (file, tensor) }
            }
        }
        let old =
            if name.hasSuffix("LayerNorm.weight") {
                name.dropLast("weight".count) + "gamma"
            } else if name.hasSuffix("LayerNorm.bias") {
                name.dropLast("bias".count) + "beta"
            } else {
                Substring(name)
            }
        return old == name ? nil : find(String(old))
    }

    /// Refuses unless the tensor `name` is there, of floats, in `shape`.
    func require(
        _ name: String, shape: [Int]
    ) throws(ModelsError) -> (file: Safetensors, tensor: Safetensors.Tensor) {
        guard let (file, tensor) = find(name) else {
            throw .unsupported(file: path, reason: "it has no tensor \(name)")
        }
        guard FloatFormat(rawValue: tensor.dtype) != nil else {
            throw .unsupported(
                file: file.path, reason: "\(name) is of \(tensor.dtype), expected F32, F16 or BF16")
        }
        guard tensor.shape == shape else {
            throw .unsupported(
                file: file.path, reason: "\(name) has the shape \(tensor.shape), expected \(shape)")
        }
        return (file, tensor)
    }

    /// All numbers of a tensor that was required before, in order.
    func floats(_ name: String) -> [Float] {
        guard let (file, tensor) = find(name), let format = FloatFormat(rawValue: tensor.dtype) else {
            preconditionFailure("\(name) was not checked")
        }
        return file.withBytes(of: tensor) { format.floats($0) }
    }
}

/// How a checkpoint's floats are written, little-endian.
enum FloatFormat: String, Sendable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"

    var byteCount: Int { self == .f32 ? 4 : 2 }

    /// Every number of `bytes`; none is lost, for each format's numbers are 32-bit floats too.
    func floats(_ bytes: RawSpan) -> [Float] {
        let total = bytes.byteCount / byteCount
        return [Float](unsafeUninitializedCapacity: total) { floats, count in
            // In bounds: `i` is below `total`, and `total * byteCount` is at most the span's bytes.
            switch self {
            case .f32:
                bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(floats).copyMemory(from: $0) }
            case .f16:
                for i in 0..<total {
                    floats[i] = Self.half(
                        bytes.unsafeLoadUnaligned(fromByteOffset: i * 2, as: UInt16.self).littleEndian)
                }
            case .bf16:
                for i in 0..<total {
                    let bits = bytes.unsafeLoadUnaligned(fromByteOffset: i * 2, as: UInt16.self)
                    floats[i] = Float(bitPattern: UInt32(bits.littleEndian) << 16)
                }
            }
            count = total
        }
    }

    /// The value of an IEEE 754 half: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
    static func half(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        // Exponent and fraction where a 32-bit float has them: the number times 2⁻¹¹², subnormal or not, so that the
        // product is exact. Without branches the compiler does several at a time.
        let value = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
        // Infinite or none: the highest exponent stays the highest.
        let highest: UInt32 = bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: value.bitPattern | sign | highest)
    }
}
