/// A drawing with both axes from 0 to 1, as SVG.
struct Plot {
    var title: String
    var across: String
    var upwards: String
    private var marks = ""

    private static let (width, height) = (440.0, 320.0)
    private static let (left, top, right, bottom) = (52.0, 14.0, 14.0, 46.0)

    init(title: String, across: String, upwards: String) {
        (self.title, self.across, self.upwards) = (title, across, upwards)
    }

    private static func x(_ value: Double) -> Double { left + value * (width - left - right) }
    private static func y(_ value: Double) -> Double { height - bottom - value * (height - top - bottom) }

    private static func path(_ points: [(x: Double, y: Double)]) -> String {
        points.enumerated().map { offset, point in
            "\(offset == 0 ? "M" : "L")\(HTML.place(x(point.x))) \(HTML.place(y(point.y)))"
        }.joined(separator: " ")
    }

    mutating func line(_ points: [(x: Double, y: Double)], class name: String) {
        guard !points.isEmpty else { return }
        marks += "<path class=\"\(name)\" d=\"\(Self.path(points))\"/>"
    }

    /// The area between a line and the bottom.
    mutating func area(_ points: [(x: Double, y: Double)], class name: String) {
        guard let first = points.first, let last = points.last else { return }
        let closed = [(x: first.x, y: 0.0)] + points + [(x: last.x, y: 0.0)]
        marks += "<path class=\"\(name)\" d=\"\(Self.path(closed)) Z\"/>"
    }

    /// - Parameter tip: shown when it is pointed at.
    mutating func dot(_ point: (x: Double, y: Double), radius: Double, class name: String, tip: String) {
        marks += """
            <circle class="\(name)" cx="\(HTML.place(Self.x(point.x)))" cy="\(HTML.place(Self.y(point.y)))" \
            r="\(HTML.place(radius))"><title>\(HTML.text(tip))</title></circle>
            """
    }

    var svg: String {
        var axes = ""
        for tick in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
            let (x, y) = (HTML.place(Self.x(tick)), HTML.place(Self.y(tick)))
            axes += """
                <path class="grid" d="M\(HTML.place(Self.left)) \(y) H\(HTML.place(Self.width - Self.right))"/>\
                <text class="tick" x="\(HTML.place(Self.left - 8))" y="\(y)" dy=".35em" text-anchor="end">\(tick)</text>\
                <text class="tick" x="\(x)" y="\(HTML.place(Self.height - Self.bottom + 18))" \
                text-anchor="middle">\(tick)</text>
                """
        }
        let middle = (Self.x(0.5), Self.y(0.5))
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(HTML.text(title))">\
            \(axes)\(marks)\
            <text class="axis" x="\(HTML.place(middle.0))" y="\(HTML.place(Self.height - 6))" \
            text-anchor="middle">\(HTML.text(across))</text>\
            <text class="axis" transform="translate(14 \(HTML.place(middle.1))) rotate(-90)" \
            text-anchor="middle">\(HTML.text(upwards))</text></svg>
            """
    }
}

/// Values with their intervals on one scale, a row each.
enum Whiskers {
    /// - Parameters:
    ///   - range: what the scale shows.
    ///   - class: of the dot, by row.
    static func svg(_ interval: Bootstrap.Interval, range: ClosedRange<Double>, class name: String) -> String
    {
        let width = 220.0
        func x(_ value: Double) -> String {
            let inside = min(max(value, range.lowerBound), range.upperBound)
            return HTML.place(
                8 + (inside - range.lowerBound) / (range.upperBound - range.lowerBound) * (width - 16))
        }
        let zero = range.lowerBound < 0 ? "<path class=\"zero\" d=\"M\(x(0)) 1 V19\"/>" : ""
        return """
            <svg class="whisker" viewBox="0 0 \(Int(width)) 20" aria-hidden="true">\
            <path class="grid" d="M8 10 H\(HTML.place(width - 8))"/>\(zero)\
            <path class="bar \(name)" d="M\(x(interval.low)) 10 H\(x(interval.high))"/>\
            <circle class="dot \(name)" cx="\(x(interval.value))" cy="10" r="4.5"/></svg>
            """
    }
}
