/// Where things lie in a slot's block: its layer-0 links, then a 16-byte header, then its codes.
///
/// A walk that meets a slot reads header and codes; one that expands it, the links. Codes start on a cache
/// line, the header ends where they start, blocks are whole cache lines. With `M` 16 and 384 dimensions in
/// `int8` a block is 576 bytes: 128 of links, 16 of header, 384 of codes, 48 of padding.
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

    static let headerBytes = 16

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
        codeOffset = Self.round(4 * linkLimit + Self.headerBytes, to: 64)
        stride = codeOffset + codeBytes
    }

    var headerOffset: Int { codeOffset - Self.headerBytes }

    private static func round(_ value: Int, to multiple: Int) -> Int {
        (value + multiple - 1) / multiple * multiple
    }
}
