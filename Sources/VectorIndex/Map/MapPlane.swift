/// Points of a plane on their way to a map.
struct MapPlane {
    /// Two coordinates each.
    var positions: [Float]

    /// Points so far apart as a layout likes to begin: within 10 of the middle.
    init(_ components: [Float]) {
        let greatest = components.reduce(Float(0)) { max($0, abs($1)) }
        let scale = greatest > 0 && greatest.isFinite ? 10 / greatest : 0
        positions = components.map { $0.isFinite ? $0 * scale : 0 }
        // Copies of one vector would stay upon each other: a hair apart, they part.
        for place in positions.indices {
            positions[place] += Float(SplitMix64.unit(SplitMix64.number(UInt64(place), seed: 7)) - 0.5) * 1e-3
        }
    }

    /// Coordinates over a square, 0…65,535. The few points far out lie on its edge, so that they do not make all the
    /// others small.
    func quantized() -> (x: [UInt16], y: [UInt16]) {
        let count = positions.count / 2
        guard count > 1 else {
            return ([UInt16](repeating: 32_768, count: count), [UInt16](repeating: 32_768, count: count))
        }
        let (lowX, highX) = range(ofAxis: 0)
        let (lowY, highY) = range(ofAxis: 1)
        let half = max(highX - lowX, highY - lowY) / 2 * 1.06
        guard half > 0, half.isFinite else {
            return ([UInt16](repeating: 32_768, count: count), [UInt16](repeating: 32_768, count: count))
        }
        func places(_ axis: Int, middle: Float) -> [UInt16] {
            (0..<count).map { point in
                let share = (positions[2 * point + axis] - middle) / (2 * half) + 0.5
                return UInt16(max(0, min(1, share)) * 65_535)
            }
        }
        return (places(0, middle: (lowX + highX) / 2), places(1, middle: (lowY + highY) / 2))
    }

    /// All but a five-hundredth of the points at each end; all where there are few.
    private func range(ofAxis axis: Int) -> (Float, Float) {
        let sorted = stride(from: axis, to: positions.count, by: 2).map { positions[$0] }.sorted()
        let cut = sorted.count / 500
        return (sorted[cut], sorted[sorted.count - 1 - cut])
    }
}
