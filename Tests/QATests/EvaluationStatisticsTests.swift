import Testing

@testable import QA

@Suite struct `Statistics of an evaluation` {
    @Test func `risk at each coverage is the share of wrong ones among the surest`() {
        let curve = RiskCoverage([(0.9, true), (0.8, false), (0.7, true), (nil, false)])
        #expect(curve.points.map(\.coverage) == [0.25, 0.5, 0.75, 1])
        #expect(curve.points.map(\.risk) == [0, 0.5, 1.0 / 3, 0.5])
        #expect(abs(curve.area - (0 + 0.5 + 1.0 / 3 + 0.5) / 4) < 1e-12)
        #expect(curve.coverage == 0.75)
        // The best order has both right ones first: risks 0, 0, 1/3, 1/2.
        #expect(abs(curve.excessArea - (curve.area - (1.0 / 3 + 0.5) / 4)) < 1e-12)
    }

    @Test func `equal confidences count the same in whatever order they come`() {
        let one = RiskCoverage([(0.5, true), (0.5, false), (0.5, true)])
        let other = RiskCoverage([(0.5, false), (0.5, true), (0.5, true)])
        #expect(one == other)
        #expect(abs(one.area - 1.0 / 3) < 1e-12)
    }

    @Test func `a perfect order loses nothing, and withholding a right answer costs`() {
        #expect(abs(RiskCoverage([(0.9, true), (0.1, false)]).excessArea) < 1e-12)
        let given = RiskCoverage([(0.9, true), (0.4, true)])
        let withheld = RiskCoverage([(0.9, true), (nil, true)])
        #expect(given.area < withheld.area)
    }

    @Test func `no questions and all withheld make no curve below coverage 1`() {
        #expect(RiskCoverage([]).points.isEmpty)
        let silent = RiskCoverage([(nil, true), (nil, false)])
        #expect(silent.coverage == 0)
        #expect(silent.area == 1)
    }

    @Test func `answers that are right as often as they say have no calibration error`() throws {
        let honest = (0..<100).map { (confidence: 0.75, isRight: $0 % 4 != 0) }
        let calibration = try #require(Calibration(honest))
        #expect(calibration.expectedError < 1e-12)
        #expect(calibration.bins.count == 1)
        #expect(abs(calibration.brier - 0.1875) < 1e-12)
        let boastful = try #require(Calibration((0..<100).map { (confidence: 0.9, isRight: $0 % 2 == 0) }))
        #expect(abs(boastful.expectedError - 0.4) < 1e-9)
        #expect(Calibration([]) == nil)
    }

    @Test func `bins hold about equally many and never part equal confidences`() throws {
        let answers = (0..<200).map { (confidence: Double($0 / 30) / 10, isRight: true) }
        let bins = try #require(Calibration(answers)).bins
        #expect(bins.map(\.count).reduce(0, +) == 200)
        #expect(bins.allSatisfy { $0.count >= 20 })
        #expect(zip(bins, bins.dropFirst()).allSatisfy { $0.meanConfidence < $1.meanConfidence })
    }

    @Test func `an interval covers what it should, about as often as it should`() {
        // 200 draws of 80 coins that fall heads with 0.3, from a fixed generator. 95 % of the intervals should cover 0.3.
        var state: UInt64 = 42
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }
        let mean = { (values: [Double]) -> Double? in values.reduce(0, +) / Double(values.count) }
        let covered = (0..<200).count { _ in
            let coins = (0..<80).map { _ in uniform() < 0.3 ? 1.0 : 0 }
            guard let interval = Bootstrap(resamples: 1_000).interval(coins, mean) else { return false }
            return interval.low <= 0.3 && 0.3 <= interval.high
        }
        #expect((178...199).contains(covered), "\(covered) of 200")
    }

    @Test func `the same outcomes and seed give the same interval, another seed another one`() {
        let mean = { (values: [Double]) -> Double? in values.reduce(0, +) / Double(values.count) }
        let values = (0..<50).map { Double($0 * $0 % 17) }
        #expect(Bootstrap(seed: 3).interval(values, mean) == Bootstrap(seed: 3).interval(values, mean))
        #expect(Bootstrap(seed: 3).interval(values, mean) != Bootstrap(seed: 4).interval(values, mean))
        #expect(Bootstrap().interval([1.0], mean)?.low == 1)
    }

    @Test func `latency quantiles are times that were measured`() throws {
        let quantiles = try #require(LatencySummary.Quantiles((1...100).map(Double.init)))
        #expect(quantiles.p50 == 50)
        #expect(quantiles.p95 == 95)
        #expect(quantiles.p99 == 99)
        #expect(LatencySummary.Quantiles([7])?.p99 == 7)
        #expect(LatencySummary.Quantiles([]) == nil)
    }
}
