import Foundation

/// Prometheus' text format, version 0.0.4, read strictly: what this takes, any reader of the format takes.
///
/// Beyond the grammar it asks for what `promtool check metrics` and good manners do: a help and a type before the
/// samples, a family in one piece, no series twice, `_total` behind counters and nothing else, histograms that add up.
struct Exposition {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Family {
        var name: String
        var help: String
        var type = ""
        var samples: [Sample] = []
    }

    struct Fault: Error, CustomStringConvertible {
        var line: String
        var reason: String

        var description: String { "\(reason): \(line)" }
    }

    private(set) var families: [Family] = []

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else {
            throw Fault(line: String(text.suffix(80)), reason: "the last line has no end")
        }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            try take(String(line))
        }
        for family in families { try family.check() }
    }

    /// The value of a series, or `nil` when there is none of exactly these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    /// Every value that a label has.
    func values(of label: String) -> Set<String> {
        Set(families.flatMap(\.samples).compactMap { $0.labels[label] })
    }

    private mutating func take(_ line: String) throws {
        if line.hasPrefix("# HELP ") {
            let (name, help) = try Self.parts(line)
            guard !families.contains(where: { $0.name == name }) else {
                throw Fault(line: line, reason: "the family is there twice")
            }
            families.append(Family(name: name, help: help))
        } else if line.hasPrefix("# TYPE ") {
            let (name, type) = try Self.parts(line)
            guard let last = families.last, last.name == name, last.type.isEmpty, last.samples.isEmpty,
                ["counter", "gauge", "histogram"].contains(type)
            else { throw Fault(line: line, reason: "the type does not follow its help, or is none") }
            families[families.count - 1].type = type
        } else {
            guard let last = families.last, !last.type.isEmpty else {
                throw Fault(line: line, reason: "a sample without a family")
            }
            var reader = SampleReader(line)
            let sample = try reader.sample()
            let names =
                last.type == "histogram"
                ? ["_bucket", "_sum", "_count"].map { last.name + $0 } : [last.name]
            guard names.contains(sample.name) else {
                throw Fault(line: line, reason: "not of the family \(last.name)")
            }
            families[families.count - 1].samples.append(sample)
        }
    }

    private static func parts(_ line: String) throws -> (String, String) {
        let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 4, parts[2].wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil, !parts[3].isEmpty
        else { throw Fault(line: line, reason: "a comment that is none of the format") }
        return (parts[2], parts[3])
    }
}

extension Exposition.Family {
    fileprivate func check() throws {
        func fault(_ reason: String) -> Exposition.Fault { Exposition.Fault(line: name, reason: reason) }
        guard !type.isEmpty else { throw fault("no type") }
        guard (type == "counter") == name.hasSuffix("_total") else { throw fault("_total is for counters") }
        let keys = samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }
        guard Set(keys).count == keys.count else { throw fault("a series is there twice") }
        if type != "gauge" {
            guard samples.allSatisfy({ $0.value >= 0 }) else { throw fault("a count below zero") }
        }
        guard type == "histogram" else { return }
        let groups = Dictionary(grouping: samples) { sample in sample.labels.filter { $0.key != "le" } }
        for group in groups.values {
            let buckets = group.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.compactMap {
                $0.labels["le"].flatMap { Double($0.replacing("+Inf", with: "inf")) }
            }
            guard bounds.count == buckets.count, bounds.last == .infinity,
                zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
            else { throw fault("bounds that do not grow to +Inf") }
            let counts = buckets.map(\.value)
            guard zip(counts, counts.dropFirst()).allSatisfy({ $0 <= $1 }),
                counts.last == group.first(where: { $0.name.hasSuffix("_count") })?.value,
                group.contains(where: { $0.name.hasSuffix("_sum") }), group.count == buckets.count + 2
            else { throw fault("buckets that do not add up to the count") }
        }
    }
}

/// Reads one line of a sample, character by character.
private struct SampleReader {
    private let line: String
    private var rest: Substring.UnicodeScalarView

    init(_ line: String) {
        self.line = line
        rest = Substring(line).unicodeScalars
    }

    mutating func sample() throws -> Exposition.Sample {
        let name = try name()
        var labels: [String: String] = [:]
        if skip("{") {
            repeat {
                let label = try self.name()
                guard skip("="), skip("\"") else { throw fault("a label without a value") }
                guard labels.updateValue(try quoted(), forKey: label) == nil else {
                    throw fault("a label is there twice")
                }
            } while skip(",")
            guard skip("}") else { throw fault("labels without an end") }
        }
        guard skip(" ") else { throw fault("no value") }
        let text = String(rest)
        guard text.wholeMatch(of: /NaN|[+-]Inf|-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?/) != nil,
            let value = Double(text.replacing("Inf", with: "inf"))
        else { throw fault("a value that is no number") }
        return Exposition.Sample(name: name, labels: labels, value: value)
    }

    private mutating func name() throws -> String {
        let name = rest.prefix {
            $0 == "_" || $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
        guard let first = name.first, !("0"..."9").contains(first) else { throw fault("a name is missing") }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    private mutating func quoted() throws -> String {
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(value)
            case "\\":
                switch rest.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw fault("an escape that is none of the format")
                }
            default: value.append(scalar)
            }
        }
        throw fault("a value without an end")
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest = rest.dropFirst()
        return true
    }

    private func fault(_ reason: String) -> Exposition.Fault { Exposition.Fault(line: line, reason: reason) }
}
