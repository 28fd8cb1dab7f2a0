/// The numbers a graph walk compares. Whatever the format, the nearest that a walk finds are compared again on
/// the full float32 vectors, so results carry exact distances.
///
/// | format | bytes a component | what it costs |
/// |---|---|---|
/// | `float32` | 4 | nothing; the vectors are the codes |
/// | `float16` | 2 | errors far below those of the graph |
/// | `int8` | 1 | seven-bit codes with a scale and an offset for each vector; recall as with floats |
/// | `int4` | ½ | four-bit codes; more candidates are compared again |
///
/// Seven bits, because products of such codes add up without overflow on every processor, so that the same
/// vectors make the same graph everywhere.
public enum VectorFormat: UInt32, Sendable, CaseIterable, CustomStringConvertible {
    /// IEEE 754 single precision.
    case float32 = 1
    /// IEEE 754 half precision.
    case float16 = 2
    /// Scalar quantization to 128 levels between a vector's smallest and largest component.
    case int8 = 3
    /// Scalar quantization to 16 levels, scaled so that the estimate of a vector's own length is right (as in
    /// Gao & Long, "RaBitQ", 2024).
    case int4 = 4

    /// The case's name.
    public var description: String {
        switch self {
        case .float32: "float32"
        case .float16: "float16"
        case .int8: "int8"
        case .int4: "int4"
        }
    }
}
