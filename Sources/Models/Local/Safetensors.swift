import Foundation

/// A memory-mapped safetensors file: tensors by name.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | *n*: length of the header, little-endian |
/// | 8 | *n* | JSON: name → `dtype`, `shape`, `data_offsets` [begin, end) within the data; `__metadata__` |
/// | 8 + *n* | rest | the data: every byte belongs to exactly one tensor |
///
/// The header is not believed: lengths, shapes and offsets are checked against the file before any is used.
struct Safetensors: Sendable {
    /// One tensor, of any element type.
    struct Tensor: Sendable, Equatable {
        var dtype: String
        var shape: [Int]
        /// Its bytes, from the start of the file.
        var bytes: Range<Int>
    }

    let path: String
    let tensors: [String: Tensor]
    private let file: MappedFile

    /// - Throws: ``ModelsError/missing(file:)``, ``ModelsError/unreadable(file:reason:)``, or
    ///   ``ModelsError/damaged(file:reason:)`` with what is wrong.
    init(file url: URL) throws(ModelsError) {
        let file = try MappedFile(url)
        self.file = file
        path = url.path
        let (header, dataStart): (Data, Int)
        do {
            (header, dataStart) = try Self.header(of: file).get()
            tensors = try Self.parse(header: header, dataStart: dataStart, fileCount: file.count)
        } catch {
            throw .damaged(file: url.path, reason: error.reason)
        }
    }

    /// What is wrong with a header.
    struct Fault: Error, Equatable {
        var reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The longest header that is read, as in the reference implementation.
    static let maxHeaderBytes = 100_000_000

    private static func header(of file: MappedFile) -> Result<(Data, Int), Fault> {
        guard file.count >= 8 else {
            return .failure(Fault("it has \(file.count) bytes, too few for a safetensors file"))
        }
        return file.withBytes { bytes in
            let length = UInt64(littleEndian: bytes.unsafeLoadUnaligned(as: UInt64.self))
            guard length <= UInt64(maxHeaderBytes), Int(length) <= bytes.byteCount - 8 else {
                return .failure(
                    Fault("its header claims \(length) bytes; the file has \(bytes.byteCount)"))
            }
            let end = 8 + Int(length)
            return .success(
                (Data((8..<end).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }), end))
        }
    }

    /// Reads a header; pure, so that it can be tried with garbage.
    static func parse(header: Data, dataStart: Int, fileCount: Int) throws(Fault) -> [String: Tensor] {
        let entries: [String: HeaderEntry]
        do {
            entries = try JSONDecoder().decode([String: HeaderEntry].self, from: header)
        } catch {
            throw Fault("its header is not the JSON of a safetensors file")
        }
        var tensors: [String: Tensor] = [:]
        let dataCount = fileCount - dataStart
        for (name, entry) in entries {
            guard case .tensor(let dtype, let shape, let offsets) = entry else { continue }
            let bytes = try check(dtype, shape, offsets, name: name, dataCount: dataCount)
            tensors[name] = Tensor(
                dtype: dtype, shape: shape,
                bytes: (dataStart + bytes.lowerBound)..<(dataStart + bytes.upperBound)
            )
        }
        var end = dataStart
        for (name, tensor) in tensors.sorted(by: {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }) {
            guard tensor.bytes.lowerBound == end else {
                throw Fault("the bytes of \(name) start at \(tensor.bytes.lowerBound), expected \(end)")
            }
            end = tensor.bytes.upperBound
        }
        guard end == fileCount else {
            throw Fault("its tensors end at byte \(end); the file has \(fileCount)")
        }
        return tensors
    }

    private static func check(
        _ dtype: String, _ shape: [Int], _ offsets: [Int], name: String, dataCount: Int
    ) throws(Fault) -> Range<Int> {
        guard let size = elementSizes[dtype] else {
            throw Fault("\(name) has the unknown element type \(dtype)")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw Fault("\(name) has the offsets \(offsets)")
        }
        guard offsets[1] <= dataCount else {
            throw Fault("\(name) ends at byte \(offsets[1]) of the data, which has \(dataCount)")
        }
        var count = size
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw Fault("\(name) has the shape \(shape)") }
            count = product
        }
        guard count == offsets[1] - offsets[0] else {
            throw Fault(
                "\(name) has \(offsets[1] - offsets[0]) bytes; its shape \(shape) of \(dtype) needs \(count)")
        }
        return offsets[0]..<offsets[1]
    }

    private static let elementSizes = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
        "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
    ]

    /// Lends the bytes of `tensor` to `body`.
    func withBytes<R>(of tensor: Tensor, _ body: (RawSpan) -> R) -> R {
        file.withBytes { body($0.extracting(tensor.bytes)) }
    }
}

/// One value of the header's object.
private enum HeaderEntry: Decodable {
    case tensor(dtype: String, shape: [Int], offsets: [Int])
    case metadata

    private enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
        if decoder.codingPath.last?.stringValue == "__metadata__" {
            self = .metadata
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self = .tensor(
            dtype: try values.decode(String.self, forKey: .dtype),
            shape: try values.decode([Int].self, forKey: .shape),
            offsets: try values.decode([Int].self, forKey: .offsets))
    }
}
