import Foundation
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Counters and histograms` {
    @Test func `lose nothing of 10,000 updates by a hundred tasks`() async {
        let counter = EventCounter()
        let amount = AmountCounter()
        let level = Level()
        let histogram = LatencyHistogram()
        let series = LabelledSeries(limit: 4) { EventCounter() }
        await withDiscardingTaskGroup { group in
            for task in 0..<100 {
                group.addTask {
                    for update in 0..<100 {
                        counter.add()
                        // A quarter is exact in binary, so that the sum of ten thousand is, too.
                        amount.add(0.25)
                        level.rise()
                        histogram.add(.milliseconds(update))
                        series["\(task % 8)"].add()
                        if update % 2 == 0 { level.fall() }
                    }
                }
            }
        }
        #expect(counter.value == 10_000)
        #expect(amount.value == 2_500)
        #expect(level.value == 5_000)
        let reading = histogram.reading
        #expect(reading.count == 10_000)
        // 0 + 1 + … + 99 milliseconds, a hundred times.
        #expect(abs(reading.seconds - 495) < 1e-6)
        #expect(series.all.reduce(0) { $0 + $1.1.value } == 10_000)
        #expect(series.all.count == 5)
    }

    @Test func `leave out amounts that are below zero or no number`() {
        let amount = AmountCounter()
        for value in [-1, .nan, .infinity, 0.5] { amount.add(value) }
        #expect(amount.value == 0.5)
    }

    @Test(arguments: [
        (Duration.zero, 0), (.nanoseconds(-5), 0), (.microseconds(500), 0), (.nanoseconds(500_001), 1),
        (.milliseconds(1), 1), (.seconds(60), 15), (.nanoseconds(60_000_000_001), 16),
        (.seconds(Int64.max), 16),
    ])
    func `count a time in the first bucket whose bound it does not pass`(time: Duration, bucket: Int) {
        let histogram = LatencyHistogram()
        histogram.add(time)
        #expect(histogram.reading.counts.firstIndex(of: 1) == bucket)
        #expect(histogram.reading.count == 1)
    }

    @Test func `tell a share's time as spread within its bucket`() {
        let histogram = LatencyHistogram()
        #expect(histogram.reading.quantile(0.5) == nil)
        // Ten between 0.1 and 0.25 seconds, and ten between 0.5 and 1.
        for _ in 0..<10 {
            histogram.add(.milliseconds(200))
            histogram.add(.milliseconds(900))
        }
        let reading = histogram.reading
        #expect(abs((reading.quantile(0.25) ?? 0) - 0.175) < 1e-9)
        #expect(abs((reading.quantile(0.5) ?? 0) - 0.25) < 1e-9)
        #expect(abs((reading.quantile(0.75) ?? 0) - 0.75) < 1e-9)
        #expect(reading.quantile(1) == 1)
        histogram.add(.seconds(600))
        #expect(histogram.reading.quantile(1) == 60)
        #expect(histogram.reading.since(reading).count == 1)
    }

    @Test func `of values beyond the limit are counted together`() {
        let series = LabelledSeries(limit: 2) { EventCounter() }
        for value in ["a", "b", "c", "d", "a"] { series[value].add() }
        #expect(series.all.map(\.0) == ["a", "b", "other"])
        #expect(series.all.map(\.1.value) == [2, 1, 2])
    }
}

@Suite struct `Prometheus' text format` {
    private let awkward = "a \"quoted\" \\ back\nslash, é {}"

    @Test func `is written with a help, a type and a line a sample`() {
        let families: [MetricFamily] = [
            .single(.gauge, "up", 1, "Whether it is \"up\" \\ or\nnot"),
            .labelled(.counter, "said_total", by: "what", [(awkward, 2.5)], "What was said"),
            .labelled(.gauge, "nothing", by: "x", [] as [(String, Int)], "Left out"),
        ]
        #expect(
            MetricsText.text(families) == #"""
                # HELP up Whether it is "up" \\ or\nnot
                # TYPE up gauge
                up 1
                # HELP said_total What was said
                # TYPE said_total counter
                said_total{what="a \"quoted\" \\ back\nslash, é {}"} 2.5

                """#)
    }

    @Test func `gives labels back as they were`() throws {
        let text = MetricsText.text([
            .labelled(.gauge, "x", by: "l", [(awkward, 1), ("\\n", 2), ("", 3)], "h")
        ])
        let read = try Exposition(text)
        #expect(read.value("x", ["l": awkward]) == 1)
        #expect(read.value("x", ["l": "\\n"]) == 2)
        #expect(read.value("x", ["l": ""]) == 3)
    }

    @Test func `lays histograms out in buckets that add up`() throws {
        let histogram = LatencyHistogram()
        for time in [Duration.microseconds(100), .milliseconds(1), .seconds(2), .seconds(100)] {
            histogram.add(time)
        }
        let text = MetricsText.text([.latencies("t_seconds", by: "o", [("a", histogram.reading)], "h")])
        let read = try Exposition(text)
        #expect(read.value("t_seconds_bucket", ["o": "a", "le": "0.0005"]) == 1)
        #expect(read.value("t_seconds_bucket", ["o": "a", "le": "0.001"]) == 2)
        #expect(read.value("t_seconds_bucket", ["o": "a", "le": "1"]) == 2)
        #expect(read.value("t_seconds_bucket", ["o": "a", "le": "2.5"]) == 3)
        #expect(read.value("t_seconds_bucket", ["o": "a", "le": "+Inf"]) == 4)
        #expect(read.value("t_seconds_count", ["o": "a"]) == 4)
        #expect(abs((read.value("t_seconds_sum", ["o": "a"]) ?? 0) - 102.0011) < 1e-9)
    }

    @Test(arguments: [
        (0.0, "0"), (-3, "-3"), (0.0005, "0.0005"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (1_760_000_000, "1760000000"),
    ])
    func `writes numbers as Go reads them`(value: Double, text: String) {
        #expect(MetricsText.number(value) == text)
    }

    /// The reader of these tests is worth only as much as it refuses.
    @Test(arguments: [
        "", "x 1\n", "# HELP x h\n# TYPE x gauge\nx 1", "# HELP x h\n# TYPE x gauge\nx{a=\"\\q\"} 1\n",
        "# HELP x h\n# TYPE x gauge\nx 1\nx 2\n", "# HELP x h\n# TYPE x gauge\ny 1\n",
        "# HELP x h\n# TYPE x counter\nx 1\n", "# HELP x h\nx 1\n",
        "# HELP x h\n# TYPE x gauge\nx{a=\"1} 2\n",
        "# HELP x h\n# TYPE x gauge\nx one\n", "# HELP x h\n# TYPE x gauge\nx  1\n",
        "# HELP x_total h\n# TYPE x_total counter\nx_total -1\n",
        "# HELP x h\n# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
        "# HELP x h\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n",
    ])
    func `that is none is refused by the reader of these tests`(text: String) {
        #expect(throws: Exposition.Fault.self) { try Exposition(text) }
    }
}
