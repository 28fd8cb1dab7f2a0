import Crypto
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `Signed headers` {
    private static let unsigned: Set<String> = ["user-agent", "te", "authorization", "accept-encoding"]

    /// By the rule, in as few words as it takes.
    private func expected(_ headers: [(name: String, value: String)]) -> [(String, String)] {
        var pairs = headers.map { ($0.name.lowercased(), $0.value) }.filter { !Self.unsigned.contains($0.0) }
        if !pairs.contains(where: { $0.0 == "host" }) { pairs.append(("host", "example.com")) }
        return pairs.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(
            \.element)
    }

    @Test func `are in the order of their names, and those of one name in theirs`() {
        let names = [
            "X-Amz-Date", "x-amz-date", "Accept", "Content-Type", "HOST", "User-Agent", "TE", "x-a", "X-B",
            "x_b",
            "Authorization", "accept-encoding", "t", "tf",
        ]
        var random = SeededGenerator(seed: 12)
        for _ in 0..<500 {
            let headers = (0..<Int.random(in: 0...12, using: &random)).map { number in
                (name: names[Int.random(in: 0..<names.count, using: &random)], value: "\(number)")
            }
            let wanted = expected(headers)
            let signed = SigV4SignedHeaders(headers, authority: "example.com")
            let found = signed.entries.map { String(decoding: signed.names[$0.name], as: UTF8.self) }
            #expect(found == wanted.map(\.0))
            #expect(signed.entries.map(\.value) == wanted.map(\.1))
            let repeated = found.indices.map { $0 > 0 && found[$0] == found[$0 - 1] }
            #expect(signed.entries.map(\.isRepeated) == repeated)
        }
    }

    @Test(arguments: [
        ("X-Amz-Date", "x-amz-date", true), ("a", "a", true), ("a", "b", false), ("", "", true),
        ("ab", "a", false),
        ("[", "{", false), ("@", "`", false), ("É", "é", false),
        ("x-long-name-of-a-header", "X-LONG-NAME-OF-A-HEADER", true),
    ])
    func `have names that compare without case`(name: String, other: String, isSame: Bool) {
        #expect(name.isHeader(other) == isSame)
        #expect("(\(name))".dropFirst().dropLast().isHeader(other) == isSame)
    }

    @Test func `and their sums have two digits a byte`() {
        let bytes = (0...255).map { UInt8($0) }
        let wanted = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(bytes.hexadecimal == wanted)
        #expect(Data(bytes).hexadecimal == wanted)
        #expect(AnySequence(bytes).hexadecimal == wanted)
        #expect(SHA256.hash(data: Data()).hexadecimal.hasPrefix("e3b0c44298fc1c149afbf4c8996fb924"))
        var digits: [UInt8] = []
        digits.appendHexadecimal(bytes)
        #expect(String(decoding: digits, as: UTF8.self) == wanted)
    }

    @Test func `are looked for byte by byte among some of ASCII's characters`() {
        let both = ASCIISet("az@").union(ASCIISet("09/"))
        for byte in UInt8.min...UInt8.max {
            #expect(both.contains(byte) == Array("az@09/".utf8).contains(byte))
        }
        #expect(both.containsAll(of: "a0/"))
        #expect(!both.containsAll(of: "a0/b"))
        #expect(both.containsAll(of: ""))
    }
}
