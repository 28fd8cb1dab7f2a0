/// What a vector must be before it is written anywhere.
///
/// The same checks as the index's own, made before the database is changed: what the index refused after that would
/// be in one and not in the other.
struct VectorCheck: Sendable {
    private let settings: CollectionSettings
    /// Distances to longer vectors overflow a float.
    private static let longestNorm = 1e18
    /// So short a vector has no direction to speak of.
    private static let shortestNorm = 1e-30
    private let largestComponent: Float

    init(_ settings: CollectionSettings) {
        self.settings = settings
        // Under cosine what is compared has length 1.
        largestComponent =
            settings.format == .float16 && settings.metric != .cosine
            ? Float(Float16.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    }

    /// - Parameter place: what the vector is called in an error; made only when there is one.
    /// - Throws: ``CollectionError/invalid(field:reason:)``.
    func check(_ vector: [Float], _ place: @autoclosure () -> String) throws(CollectionError) {
        guard vector.count == settings.dimension else {
            throw .invalid(
                field: place(),
                reason: "has \(vector.count) numbers; the collection's vectors have \(settings.dimension)")
        }
        var sum = 0.0
        for value in vector { sum += Double(value) * Double(value) }
        // Squares of floats cannot overflow a double: a sum that is not finite has a component that is not.
        guard sum.isFinite else {
            let component = vector.firstIndex { !$0.isFinite } ?? 0
            throw .invalid(field: "\(place())[\(component)]", reason: "is NaN or infinite")
        }
        let norm = sum.squareRoot()
        guard norm <= Self.longestNorm else {
            throw .invalid(
                field: place(),
                reason: "has length \(norm); above \(Self.longestNorm) distances overflow")
        }
        if settings.metric == .cosine, norm <= Self.shortestNorm {
            throw .invalid(field: place(), reason: "is all zeros, which has no direction and so no cosine")
        }
        if settings.format == .float16,
            let component = vector.firstIndex(where: { abs($0) > largestComponent })
        {
            throw .invalid(
                field: "\(place())[\(component)]",
                reason: "is beyond ±\(largestComponent), the largest number of float16")
        }
    }
}
