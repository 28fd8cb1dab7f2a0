/// Vectors as a server gives them, brought to length 1.
enum UnitVectors {
    /// Why a vector is not what the settings tell.
    struct Fault: Error {
        var reason: String
    }

    /// - Parameter dimension: the floats that it must have.
    static func unit(_ vector: [Float], dimension: Int) throws(Fault) -> [Float] {
        guard vector.count == dimension else {
            throw Fault(
                reason: "an embedding has \(vector.count) floats, not the \(dimension) of the settings")
        }
        // In double precision: the squares of large floats are beyond a float's range.
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 0 else {
            throw Fault(reason: "an embedding has the length \(length)")
        }
        return vector.map { Float(Double($0) / length) }
    }
}
