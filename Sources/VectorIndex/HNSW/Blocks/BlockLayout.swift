/// Where things lie in a slot's block: its layer-0 links, then its codes.
///
/// A walk that meets a slot reads the codes; one that expands it, the links. Both start on a cache line, and
/// blocks are whole cache lines. With `M` 16 and 384 dimensions in `int8` a block is 512 bytes: 128 of links,
/// 384 of codes. What goes with quantized codes, 16 bytes a slot, lies in an array of its own
/// (``BlockStore/heads``): a line of codes and a header would be read for the header alone.
struct BlockLayout: Sendable, Hashable {
    let format: VectorFormat
    let dimension: Int
    /// Links on layer 0: 2 `M`.
    let linkLimit: Int
    /// Components with padding: what kernels are told.
    let codeCount: Int
    /// Bytes of codes.
    let codeBytes: Int
    /// From a block's start to its codes.
    let codeOffset: Int
    /// From one block's start to the next.
    let stride: Int

    /// Whether codes need a header to be understood.
    var hasHeads: Bool { format == .int8 || format == .int4 }

    init(format: VectorFormat, dimension: Int, M: Int) {
        self.format = format
        self.dimension = dimension
        linkLimit = 2 * M
        let (multiple, halfBytes) =
            switch format {
            case .float32: (16, 8)
            case .float16: (32, 4)
            case .int8: (64, 2)
            case .int4: (128, 1)
            }
        codeCount = Self.round(dimension, to: multiple)
        codeBytes = codeCount * halfBytes / 2
        codeOffset = Self.round(4 * linkLimit, to: 64)
        stride = codeOffset + codeBytes
    }

    private static func round(_ value: Int, to multiple: Int) -> Int {
        (value + multiple - 1) / multiple * multiple
    }
}
