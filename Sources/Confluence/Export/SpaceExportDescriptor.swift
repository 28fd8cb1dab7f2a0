import Foundation

/// `exportDescriptor.properties`: what the export says of itself.
struct SpaceExportDescriptor: Equatable {
    /// The exported space; `nil` for a site backup.
    var spaceKey: String?
    /// `space`, `page`, `all`, …
    var exportType: String?
    /// `false` when the attachments' files were left out.
    var hasAttachments: Bool?
    /// Where the site was served, if the export knows.
    var baseURL: URL?
    /// The build of the Confluence that made the export, which tells its age.
    var build: Int?
    /// The zone of the export's dates, if it says; old exports do not.
    var timeZone: TimeZone?

    /// An export without a descriptor.
    init() {}

    init(properties data: Data) {
        let values = Self.parse(data)
        exportType = values["exportType"]
        spaceKey = values["spaceKey"].flatMap { $0.isEmpty ? nil : $0 }
        hasAttachments = values["backupAttachments"].map { $0 == "true" }
        baseURL = values["baseUrl"].flatMap { $0.hasPrefix("http") ? URL(string: $0) : nil }
        build = (values["createdByBuildNumber"] ?? values["buildNumber"]).flatMap(Int.init)
        timeZone = values["timezoneId"].flatMap { TimeZone(identifier: $0) }
    }

    var isSiteBackup: Bool {
        spaceKey == nil && (exportType == nil || exportType == "all" || exportType == "site")
    }

    /// Java's properties format: ISO-8859-1, `\uXXXX` and other escapes, comments, continued lines.
    static func parse(_ data: Data) -> [String: String] {
        let text = String(data: data, encoding: .isoLatin1) ?? ""
        var values: [String: String] = [:]
        for line in logicalLines(text) {
            let (key, value) = split(line)
            if !key.isEmpty { values[key] = value }
        }
        return values
    }

    private static func logicalLines(_ text: String) -> [String] {
        var lines: [String] = []
        var continued: String?
        for raw in text.split(whereSeparator: \.isNewline) {
            let line = String(raw.drop { $0 == " " || $0 == "\t" })
            if continued == nil, line.isEmpty || line.hasPrefix("#") || line.hasPrefix("!") { continue }
            let whole = (continued ?? "") + line
            let backslashCount = whole.reversed().prefix { $0 == "\\" }.count
            if backslashCount % 2 == 1 {
                continued = String(whole.dropLast())
            } else {
                lines.append(whole)
                continued = nil
            }
        }
        if let continued { lines.append(continued) }
        return lines
    }

    /// A key ends at the first `=`, `:` or blank that no backslash precedes.
    private static func split(_ line: String) -> (key: String, value: String) {
        var isEscaped = false
        var end = line.endIndex
        for index in line.indices {
            if !isEscaped, "=: \t".contains(line[index]) {
                end = index
                break
            }
            isEscaped = line[index] == "\\" && !isEscaped
        }
        var rest = line[end...].drop { $0 == " " || $0 == "\t" }
        if let first = rest.first, first == "=" || first == ":" { rest = rest.dropFirst() }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        return (unescaped(line[..<end]), unescaped(rest))
    }

    private static func unescaped(_ text: Substring) -> String {
        var units: [UInt16] = []
        var rest = Array(text.utf16)[...]
        while let unit = rest.popFirst() {
            guard unit == UInt16(UInt8(ascii: "\\")), let escaped = rest.popFirst() else {
                units.append(unit)
                continue
            }
            switch UnicodeScalar(escaped).map(Character.init) {
            case "t": units.append(0x09)
            case "n": units.append(0x0A)
            case "r": units.append(0x0D)
            case "u":
                let digits = String(decoding: rest.prefix(4), as: UTF16.self)
                if digits.count == 4, let value = UInt16(digits, radix: 16) {
                    units.append(value)
                    rest = rest.dropFirst(4)
                }
            default: units.append(escaped)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
