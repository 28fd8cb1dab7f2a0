/// How wrong the answers are when only the surest ones are given (El-Yaniv & Wiener 2010).
///
/// Questions are ordered by confidence, the surest first. Coverage is the share that is answered, risk the share of those
/// answered that is wrong. Withheld ones come last and count as wrong: what would have been said is not known, and
/// a question that nothing answers has no right answer. So a system is never better off by withholding
/// than by answering rightly, and curves of systems that withhold differently can be compared.
public struct RiskCoverage: Sendable, Codable, Hashable {
    public struct Point: Sendable, Codable, Hashable {
        public var coverage: Double
        public var risk: Double
        /// The least confidence that is answered at this point; `nil` where withheld ones are.
        public var confidence: Double?
    }

    /// One a distinct confidence; the last one at coverage 1.
    public var points: [Point] = []
    /// Mean risk over the coverages 1/n … 1. Equal confidences count as if in random order.
    public var area = 0.0
    /// The area less that of an order which puts every right answer first (Geifman et al. 2019): what is lost by being sure
    /// of the wrong ones.
    public var excessArea = 0.0
    /// Share answered as things are set, and the risk there.
    public var coverage = 0.0
    public var risk = 0.0

    /// - Parameter answers: `confidence` is `nil` when withheld.
    init(_ answers: [(confidence: Double?, isRight: Bool)]) {
        let sorted = answers.sorted { ($0.confidence ?? -1) > ($1.confidence ?? -1) }
        let count = Double(sorted.count)
        guard count > 0 else { return }
        var (start, wrong, sum) = (0, 0.0, 0.0)
        while start < sorted.count {
            let confidence = sorted[start].confidence
            var end = start
            while end < sorted.count, sorted[end].confidence == confidence { end += 1 }
            let errors = Double(sorted[start..<end].count { $0.confidence == nil || !$0.isRight })
            for position in start..<end {
                let share = Double(position - start + 1) / Double(end - start)
                sum += (wrong + errors * share) / Double(position + 1)
            }
            wrong += errors
            points.append(
                Point(coverage: Double(end) / count, risk: wrong / Double(end), confidence: confidence))
            if confidence != nil { (coverage, risk) = (Double(end) / count, wrong / Double(end)) }
            start = end
        }
        area = sum / count
        let right = sorted.count - Int(wrong)
        var best = 0.0
        for position in right..<sorted.count { best += Double(position - right + 1) / Double(position + 1) }
        excessArea = area - best / count
    }
}

/// Whether confidence means what it says: of answers given with 0.8, four in five are right.
public struct Calibration: Sendable, Codable, Hashable {
    public struct Bin: Sendable, Codable, Hashable {
        public var count: Int
        public var meanConfidence: Double
        public var shareRight: Double
    }

    /// Equally many answers a bin, at most ten bins, equal confidences never parted. Bins of equal width would leave most of them
    /// empty, for confidences crowd at both ends (Nixon et al. 2019).
    public var bins: [Bin] = []
    /// Σ count · |share right − mean confidence| / n.
    public var expectedError = 0.0
    /// Mean squared difference of confidence and outcome (Brier 1950).
    public var brier = 0.0

    /// `nil` without answers.
    init?(_ answers: [(confidence: Double, isRight: Bool)]) {
        guard !answers.isEmpty else { return nil }
        let sorted = answers.sorted { $0.confidence < $1.confidence }
        let count = Double(sorted.count)
        let size = max(Int((count / 10).rounded(.up)), min(5, sorted.count))
        var start = 0
        while start < sorted.count {
            var end = min(start + size, sorted.count)
            while end < sorted.count, sorted[end].confidence == sorted[end - 1].confidence { end += 1 }
            let bin = sorted[start..<end]
            let members = Double(bin.count)
            bins.append(
                Bin(
                    count: bin.count, meanConfidence: bin.reduce(0) { $0 + $1.confidence } / members,
                    shareRight: Double(bin.count { $0.isRight }) / members))
            start = end
        }
        expectedError =
            bins.reduce(0) { $0 + Double($1.count) * abs($1.shareRight - $1.meanConfidence) } / count
        brier =
            sorted.reduce(0) { sum, answer in
                let off = answer.confidence - (answer.isRight ? 1 : 0)
                return sum + off * off
            } / count
    }
}
