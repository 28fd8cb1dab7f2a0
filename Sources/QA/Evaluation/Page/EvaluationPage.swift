/// A report as one HTML file for a person: no script, and nothing that is fetched.
public struct EvaluationPage: Sendable {
    let report: EvaluationReport
    let comparison: EvaluationComparison?
    /// Of the other setting, drawn beside this one's.
    let otherCurve: RiskCoverage?

    public init(
        _ report: EvaluationReport, comparison: EvaluationComparison? = nil, otherCurve: RiskCoverage? = nil
    ) {
        self.report = report
        self.comparison = comparison
        self.otherCurve = otherCurve
    }

    public var html: String {
        let title = "Evaluation: \(HTML.text(report.name))"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            \(EvaluationStyle.css)
            </style></head><body><main>
            <h1>\(title)</h1>
            <p class="soft">\(HTML.text(facts))</p>
            \(tiles)
            \(comparison.map(compared) ?? "")
            <h2>Figures</h2>
            <p class="soft">The value, and where it would lie for 95 of 100 other sets of questions like these.</p>
            \(figures)
            <h2>How sure, and how right</h2>
            <div class="pair">\(riskCoverage)\(calibration)</div>
            <h2>Retrieval</h2>
            \(retrieval)
            <h2>Time</h2>
            \(latency)
            <h2>What went wrong</h2>
            \(FailingQuestions(report.outcomes).html)
            </main></body></html>

            """
    }

    private var facts: String {
        let half = report.half.map { "the \($0.rawValue) half" } ?? "both halves"
        return """
            \(report.questions) questions, \(half) · \(report.concurrency) at once · intervals of 95 % from \
            \(report.resamples) resamples, seed \(report.seed)
            """
    }

    // MARK: Figures

    private var tiles: String {
        let shown = [
            ("answers.right", "answered rightly, of the answerable"), ("abstention.f1", "F1 of withholding"),
            ("abstention.aurc", "area under risk–coverage; less is better"),
            ("citations.precision", "sentences that a right page bears out"),
            ("calibration.ece", "calibration error; less is better"),
        ]
        let tiles = shown.compactMap { name, meaning in
            report.figures[name].map { figure in
                tile(
                    HTML.figure(figure.value),
                    "\(meaning)<br>\(HTML.figure(figure.low)) … \(HTML.figure(figure.high))")
            }
        }
        let faults = [
            ("leaks", report.leaks), ("forged citations", report.forgedCitations),
            ("stray markers", report.strayMarkers),
        ]
        let counts = faults.map { name, count in
            tile("\(count)", name, class: count == 0 ? "good" : "bad")
        }
        return "<div class=\"tiles\">\((tiles + counts).joined())</div>"
    }

    private func tile(_ value: String, _ meaning: String, class name: String = "") -> String {
        "<div class=\"card tile\"><b class=\"\(name)\">\(value)</b><span>\(meaning)</span></div>"
    }

    private var figures: String {
        let rows = EvaluationFigure.all(of: report.outcomes).compactMap { figure in
            report.figures[figure.name].map { interval in
                """
                <tr><td>\(HTML.text(figure.name))\(figure.isBetterWhenLarger ? "" : " <span class=\"soft\">less is better</span>")</td>\
                <td class="n">\(HTML.figure(interval.value))</td>\
                <td class="n soft">\(HTML.figure(interval.low)) … \(HTML.figure(interval.high))</td>\
                <td>\(Whiskers.svg(interval, range: 0...1, class: ""))</td></tr>
                """
            }
        }
        return table(["figure", "#value", "#95 %", ""], rows)
    }

    private func compared(_ comparison: EvaluationComparison) -> String {
        let reach =
            comparison.differences.flatMap { [abs($0.difference.low), abs($0.difference.high)] }.max() ?? 0
        let range = -max(reach, 0.01)...max(reach, 0.01)
        let rows = comparison.differences.map { row in
            let verdict = row.isBetter.map { $0 ? "good" : "bad" } ?? "even"
            return """
                <tr><td>\(HTML.text(row.figure))</td><td class="n">\(HTML.figure(row.before))</td>\
                <td class="n">\(HTML.figure(row.after))</td>\
                <td class="n \(verdict)">\(HTML.signed(row.difference.value))</td>\
                <td class="n soft">\(HTML.signed(row.difference.low)) … \(HTML.signed(row.difference.high))</td>\
                <td>\(Whiskers.svg(row.difference, range: range, class: verdict))</td></tr>
                """
        }
        let list = { (ids: [String]) in ids.isEmpty ? "none" : HTML.text(ids.joined(separator: ", ")) }
        return """
            <h2>Against \(HTML.text(comparison.before))</h2>
            <p class="soft">The same \(comparison.questions) questions, drawn in pairs\
            \(comparison.unpaired == 0 ? "" : "; \(comparison.unpaired) that only one was asked are left out"). \
            Coloured where the interval leaves zero out. Many figures are compared: one in twenty would be coloured by chance.</p>
            \(table(["figure", "#before", "#after", "#difference", "#95 %", ""], rows))
            <p><span class="good">Newly right:</span> \(list(comparison.won))<br>\
            <span class="bad">No longer right:</span> \(list(comparison.lost))</p>
            """
    }

    // MARK: Plots

    private var riskCoverage: String {
        var plot = Plot(
            title: "Risk by coverage", across: "coverage: share of the questions answered",
            upwards: "risk: share of those that is wrong")
        if let otherCurve { plot.line(otherCurve.points.map { ($0.coverage, $0.risk) }, class: "curve old") }
        let curve = report.riskCoverage
        let points = curve.points.map { (x: $0.coverage, y: $0.risk) }
        plot.area(points, class: "under")
        plot.line(points, class: "curve")
        if curve.coverage > 0 {
            plot.dot(
                (curve.coverage, curve.risk), radius: 6, class: "mark",
                tip: "as set: coverage \(HTML.figure(curve.coverage)), risk \(HTML.figure(curve.risk))")
        }
        return """
            <div class="card"><h3>Risk by coverage</h3>\(plot.svg)<p class="soft">The surest answers first; the dot is where things \
            are set now (coverage \(HTML.figure(curve.coverage)), risk \(HTML.figure(curve.risk))). Withheld ones come last and count \
            as wrong.\(otherCurve == nil ? "" : " Dashed: the other setting.")</p></div>
            """
    }

    private var calibration: String {
        guard let calibration = report.calibration else {
            return """
                <div class="card"><h3>Calibration</h3><p class="soft">These answers do not say how sure they are, or none was \
                given.</p></div>
                """
        }
        var plot = Plot(
            title: "Calibration", across: "confidence that answers state",
            upwards: "share of them that is right")
        plot.line([(0, 0), (1, 1)], class: "ideal")
        plot.line(calibration.bins.map { ($0.meanConfidence, $0.shareRight) }, class: "curve")
        let most = Double(calibration.bins.map(\.count).max() ?? 1)
        for bin in calibration.bins {
            plot.dot(
                (bin.meanConfidence, bin.shareRight), radius: 4 + 4 * (Double(bin.count) / most).squareRoot(),
                class: "mark",
                tip:
                    "\(bin.count) answers: stated \(HTML.figure(bin.meanConfidence)), right \(HTML.figure(bin.shareRight))"
            )
        }
        return """
            <div class="card"><h3>Calibration</h3>\(plot.svg)<p class="soft">On the dashed line, confidence means what it says. Error \
            \(HTML.figure(calibration.expectedError)), Brier score \(HTML.figure(calibration.brier)).</p></div>
            """
    }

    // MARK: Tables

    private var retrieval: String {
        let modes = report.retrieval.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
        let kinds = report.byKind.sorted { $0.key < $1.key }.map { ("hybrid, \($0.key)", $0.value) }
        let rows = (modes + kinds).map { name, scores in
            let cells = [scores.recallAt1, scores.recallAt5, scores.recallAt10, scores.mrr, scores.nDCGAt10]
                .map { "<td class=\"n\">\(HTML.figure($0))</td>" }.joined()
            return "<tr><td>\(HTML.text(name))</td>\(cells)<td class=\"n soft\">\(scores.questions)</td></tr>"
        }
        return table(
            ["", "#recall@1", "#recall@5", "#recall@10", "#MRR", "#nDCG@10", "#questions"], rows)
    }

    private var latency: String {
        let total = report.latency.total.map { [("whole answer", $0)] } ?? []
        let rows = (total + report.latency.stages.map { ($0.component, $0.quantiles) }).map { name, times in
            let cells = [times.p50, times.p95, times.p99]
                .map { "<td class=\"n\">\(HTML.milliseconds($0))</td>" }.joined()
            return "<tr><td>\(HTML.text(name))</td>\(cells)</tr>"
        }
        return table(["stage", "#p50 ms", "#p95 ms", "#p99 ms"], rows)
    }

    /// - Parameter heads: `#` before a column of numbers.
    private func table(_ heads: [String], _ rows: [String]) -> String {
        let cells = heads.map { head in
            head.hasPrefix("#") ? "<th class=\"n\">\(head.dropFirst())</th>" : "<th>\(head)</th>"
        }
        return """
            <div class="card scroll"><table><thead><tr>\(cells.joined())</tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            """
    }
}
