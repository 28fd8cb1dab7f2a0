/// A table of word embeddings, left in its mapped file: a text needs few of its rows.
struct EmbeddingTable: Sendable {
    private let file: Safetensors
    private let tensor: Safetensors.Tensor
    private let format: FloatFormat
    private let rows: Int
    private let columns: Int

    /// - Parameter shape: rows and columns.
    init(_ tensors: TensorSet, name: String, _ shape: [Int]) throws(ModelsError) {
        (file, tensor) = try tensors.require(name, shape: shape)
        format = FloatFormat(rawValue: tensor.dtype) ?? .f32
        (rows, columns) = (shape[0], shape[1])
    }

    /// `target = row id + addend`.
    func add(_ id: Int32, to addend: FloatMatrix.Block, into target: FloatMatrix.Block) {
        precondition(id >= 0 && id < rows, "token \(id) of \(rows)")
        let bytes = columns * format.byteCount
        file.withBytes(of: tensor) { table in
            let row = table.extracting((Int(id) * bytes)..<((Int(id) + 1) * bytes))
            if format == .f32 {
                FloatKernels.add(row, addend, into: target)
            } else {
                format.floats(row).withUnsafeBytes { FloatKernels.add($0.bytes, addend, into: target) }
            }
        }
    }
}
