import Corpus
import QA

/// An answer for people.
enum AnswerText {
    static func text(_ result: FlowResult, hasColor: Bool) -> String {
        func styled(_ text: String, _ style: Terminal.Style) -> String {
            Terminal.styled(text, style, hasColor: hasColor)
        }
        var lines = [styled(Terminal.safe(result.answer.text), .bold)]
        if let withheld = result.answer.withheld {
            lines.append(styled(Terminal.safe("\(withheld)"), .dim))
        }
        let sources = result.answer.citations.map {
            (marker: "[\($0.marker)]", passage: $0.passage, nearest: String?.none)
        }
        let related = result.answer.related.map { (marker: " ·", passage: $0.passage, nearest: $0.quote) }
        if !related.isEmpty { lines.append("\nPossibly related:") }
        if !sources.isEmpty { lines.append("") }
        for source in sources + related {
            let chunk = source.passage.chunk
            let heading = [chunk.title] + chunk.headingPath
            lines.append("\(source.marker) \(Terminal.safe(heading.joined(separator: " › ")))")
            if let nearest = source.nearest {
                lines.append(
                    "    “" + Terminal.safe(nearest).split(separator: "\n").joined(separator: " ") + "”")
            }
            if let url = chunk.url {
                let address = url + (chunk.anchor.map { "#\($0)" } ?? "")
                lines.append("    " + styled(Terminal.safe(address), .accent))
            }
        }
        let time = (result.totalMilliseconds * 10).rounded() / 10
        lines.append(styled("\n\(result.answer.generator) · \(time) ms", .dim))
        return lines.joined(separator: "\n")
    }
}

/// What a search found, for people.
enum SearchText {
    static func text(_ results: SearchResults, hasColor: Bool) -> String {
        func styled(_ text: String, _ style: Terminal.Style) -> String {
            Terminal.styled(text, style, hasColor: hasColor)
        }
        var lines: [String] = []
        for (offset, hit) in results.hits.enumerated() {
            let chunk = hit.passage.chunk
            let place = ([chunk.spaceKey] + chunk.ancestors.map(\.title)).joined(separator: " › ")
            lines.append(styled("\(offset + 1). \(Terminal.safe(chunk.title))", .bold))
            lines.append("   " + styled(Terminal.safe(place), .dim))
            lines.append("   " + Terminal.safe(hit.snippet).split(separator: "\n").joined(separator: " "))
            for copy in hit.copies {
                lines.append("   " + styled(Terminal.safe("also: \(copy.spaceKey) › \(copy.title)"), .dim))
            }
            if let url = chunk.url { lines.append("   " + styled(Terminal.safe(url), .accent)) }
        }
        let time = (results.milliseconds * 10).rounded() / 10
        lines.append(
            styled("\(results.count) result\(results.count == 1 ? "" : "s") in \(time) ms", .dim))
        return lines.joined(separator: "\n")
    }
}
