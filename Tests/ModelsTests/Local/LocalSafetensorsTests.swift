import Foundation
import TestSupport
import Testing

@testable import Models

/// Safetensors files made here, sound and broken.
enum SafetensorsFile {
    static let header = #"""
        {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\#
        "b":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}}
        """#

    static func data(header: String = header, length: UInt64? = nil, payload: Int = 32) -> Data {
        var data = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
        data.append(contentsOf: header.utf8)
        data.append(Data((0..<payload).map { UInt8(truncatingIfNeeded: $0) }))
        return data
    }

    /// Opens a file with that content; returns what was wrong with it, if anything.
    static func fault(_ data: Data) throws -> String? {
        let folder = try TemporaryDirectory()
        let file = try folder.write(data, to: "model.safetensors")
        do throws(ModelsError) {
            _ = try Safetensors(file: file)
            return nil
        } catch {
            guard case .damaged(file.path, let reason) = error else { throw error }
            return reason
        }
    }
}

@Suite struct `Safetensors files` {
    @Test func `a sound file gives its tensors with shape and place`() throws {
        let folder = try TemporaryDirectory()
        let file = try Safetensors(file: folder.write(SafetensorsFile.data(), to: "m"))
        let start = 8 + SafetensorsFile.header.utf8.count
        #expect(
            file.tensors == [
                "a": .init(dtype: "F32", shape: [2, 3], bytes: start..<(start + 24)),
                "b": .init(dtype: "I64", shape: [1], bytes: (start + 24)..<(start + 32)),
            ])
        let set = TensorSet([file])
        let a = try set.require("a", shape: [2, 3]).tensor
        #expect(file.withBytes(of: a) { $0.unsafeLoad(fromByteOffset: 23, as: UInt8.self) } == 23)
        #expect(throws: ModelsError.self) { try set.require("a", shape: [3, 2]) }
        #expect(throws: ModelsError.self) { try set.require("b", shape: [1]) }
        #expect(throws: ModelsError.self) { try set.require("c", shape: [1]) }
    }

    @Test(arguments: [0, 1, 7])
    func `a file too short for a length is damaged`(count: Int) throws {
        let fault = try SafetensorsFile.fault(Data(count: count))
        #expect(fault == "it has \(count) bytes, too few for a safetensors file")
    }

    @Test(arguments: [1_000_000, 100_000_001, UInt64(1) << 40, .max])
    func `a header longer than the file is refused without being read`(length: UInt64) throws {
        let fault = try #require(try SafetensorsFile.fault(SafetensorsFile.data(length: length)))
        #expect(fault.contains("claims \(length) bytes"))
    }

    @Test func `a truncated file says where its tensors should end`() throws {
        let fault = try #require(try SafetensorsFile.fault(SafetensorsFile.data(payload: 31)))
        #expect(fault == "b ends at byte 32 of the data, which has 31")
    }

    @Test func `bytes behind the last tensor are refused`() throws {
        #expect(
            try SafetensorsFile.fault(SafetensorsFile.data(payload: 33))?.hasPrefix("its tensors end") == true
        )
    }

    @Test(arguments: [
        (#""data_offsets":[0,24]"#, #""data_offsets":[0,32]"#), (#"[0,24]"#, #"[24,0]"#),
        (#"[0,24]"#, #"[-8,16]"#),
        (#"[0,24]"#, #"[8,32]"#), (#"[0,24]"#, #"[0,9223372036854775807]"#), (#"[0,24]"#, #"[0]"#),
        (#"[0,24]"#, #"[0,1e99]"#), (#"[0,24]"#, #""x""#), (#"[2,3]"#, #"[2,4]"#), (#"[2,3]"#, #"[-2,-3]"#),
        (#"[2,3]"#, #"[4611686018427387904,4611686018427387904]"#), ("F32", "F31"), ("F32", "F64"),
        (#""shape":[2,3],"#, ""), ("__metadata__", "__metadat__"), (#"[24,32]"#, #"[16,24]"#), ("}}", "}"),
        ("{", "["),
    ])
    func `a header that contradicts itself or the file is refused`(from: String, to: String) throws {
        let header = SafetensorsFile.header.replacingOccurrences(of: from, with: to)
        #expect(header != SafetensorsFile.header)
        #expect(try SafetensorsFile.fault(SafetensorsFile.data(header: header)) != nil)
    }

    @Test func `a missing file is told apart from a damaged one`() {
        #expect(throws: ModelsError.missing(file: "/nowhere/model.safetensors")) {
            try Safetensors(file: URL(filePath: "/nowhere/model.safetensors"))
        }
    }

    @Test func `a folder is unreadable`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.url.path
        #expect(throws: ModelsError.unreadable(file: path, reason: "it is not a regular file")) {
            try Safetensors(file: URL(filePath: path))
        }
    }

    /// Four thousand headers with bytes changed, inserted, removed or repeated, and numbers replaced: each is
    /// parsed or refused, and what is parsed lies within the file.
    @Test func `mutated headers never crash and never yield bytes outside the file`() {
        var generator = SeededGenerator(seed: 3)
        let numbers = [
            "-1", "0", "9223372036854775807", "9223372036854775808", "1e400", "NaN", "1.5", "[[",
            "\"\\u0000\"",
        ]
        var refused = 0
        for _ in 0..<4000 {
            var header = Array(SafetensorsFile.header.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let at = Int.random(in: header.indices, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: header[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: header.insert(UInt8.random(in: 32...126, using: &generator), at: at)
                case 2 where header.count > 2: header.remove(at: at)
                case 3: header.insert(contentsOf: header[0...at], at: at)
                default:
                    let number = numbers[Int.random(in: numbers.indices, using: &generator)]
                    header.replaceSubrange(at..<min(at + 2, header.count), with: number.utf8)
                }
            }
            do {
                let tensors = try Safetensors.parse(
                    header: Data(header), dataStart: header.count + 8, fileCount: header.count + 40)
                for tensor in tensors.values {
                    #expect(tensor.bytes.lowerBound >= header.count + 8)
                    #expect(tensor.bytes.upperBound <= header.count + 40)
                }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 3000)
    }
}
