import Foundation
import HTTPTypes

/// What a client has already and which part it wants (RFC 9110, sections 13 and 14).
struct RequestConditions: Sendable, Hashable {
    var ifNoneMatch: String?
    /// Looked at only for what has a date, and only without `ifNoneMatch`.
    var ifModifiedSince: String?
    var ifRange: String?
    var range: String?
    /// Whether the client would rather have it packed.
    var wantsPacked = false

    /// Ranges that one request may name; a header with more is passed over, as the RFC allows.
    static let rangeLimit = 16

    /// Whether the client has what bears `tag`, packed or not; weak comparison.
    func matches(_ tag: String) -> Bool {
        (ifNoneMatch ?? "").split(separator: ",").contains { part in
            let known = part.trimmingPrefix { $0 == " " }.trimmingPrefix("W/")
            return known == tag || known == CodedTag.packed(tag) || known == "*"
        }
    }

    /// Whether the client has what bears `tag` and was last changed at `time`.
    func matches(_ tag: String, changed time: Date) -> Bool {
        if ifNoneMatch != nil { return matches(tag) }
        guard let ifModifiedSince, let known = HTTPDate.parse(ifModifiedSince) else { return false }
        return time.timeIntervalSince1970.rounded(.down) <= known.timeIntervalSince1970
    }

    /// The parts wanted, in the order asked for; `nil` when all of it is, because no range was named, the named
    /// one is no range of bytes, or what the client has is of another version.
    ///
    /// - Throws: ``RequestFault/unsatisfiableRange(length:)`` when none of them is there.
    func ranges(of length: Int, tag: String) throws(RequestFault) -> [Range<Int>]? {
        guard let range, ifRange.map({ $0 == tag }) ?? true,
            let specifications = Self.specifications(range)
        else { return nil }
        let ranges = specifications.compactMap { $0.range(of: length) }
        guard !ranges.isEmpty else { throw .unsatisfiableRange(length: length) }
        return ranges
    }

    private enum Specification {
        case from(Int, through: Int?)
        case last(Int)

        func range(of length: Int) -> Range<Int>? {
            switch self {
            case .from(let first, let last):
                first < length ? first..<(min(last ?? length - 1, length - 1) + 1) : nil
            case .last(let count):
                count > 0 && length > 0 ? max(0, length - count)..<length : nil
            }
        }
    }

    /// `nil` for what is no `bytes=…` as the RFC writes it.
    private static func specifications(_ text: String) -> [Specification]? {
        guard text.lowercased().hasPrefix("bytes=") else { return nil }
        let parts = text.dropFirst("bytes=".count).split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= rangeLimit else { return nil }
        var found: [Specification] = []
        for part in parts {
            let bounds = part.trimmingCharacters(in: .whitespaces)
                .split(separator: "-", omittingEmptySubsequences: false)
            guard bounds.count == 2,
                bounds.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
            else { return nil }
            switch (Int(bounds[0]), Int(bounds[1])) {
            case (nil, let count?) where bounds[0].isEmpty: found.append(.last(count))
            case (let first?, nil) where bounds[1].isEmpty: found.append(.from(first, through: nil))
            case (let first?, let last?) where first <= last: found.append(.from(first, through: last))
            default: return nil
            }
        }
        return found
    }
}

extension Inputs<RequestConditions> {
    /// The conditional headers and `Range`, for what has a tag.
    static var conditions: Inputs<RequestConditions> { conditions(dated: false) }
    /// The same for a file on disk, which has a date as well.
    static var fileConditions: Inputs<RequestConditions> { conditions(dated: true) }

    private static func conditions(dated: Bool) -> Inputs<RequestConditions> {
        func header(_ name: HTTPField.Name, _ summary: String) -> ParameterDeclaration {
            ParameterDeclaration(
                name: name.rawName, place: .header, isRequired: false, summary: summary, schema: .text,
                isChecked: false)
        }
        let date = dated ? [header(.ifModifiedSince, "the date of what the client has")] : []
        return Inputs(
            parameters: [
                header(.ifNoneMatch, "tags that the client has"),
                header(.range, "the bytes wanted"),
                header(.ifRange, "the tag that the range is of"),
            ] + date, body: nil
        ) { routed in
            let headers = routed.request.headers
            return RequestConditions(
                ifNoneMatch: headers[.ifNoneMatch], ifModifiedSince: dated ? headers[.ifModifiedSince] : nil,
                ifRange: headers[.ifRange],
                // Of a range only GET knows (RFC 9110, section 14.2).
                range: routed.request.method == .head ? nil : headers[.range],
                wantsPacked: ContentCoding.isWanted(by: routed.request))
        }
    }
}
