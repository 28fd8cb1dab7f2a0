import Foundation
import VectorIndex

/// What does `efSearch` buy? Recall and speed of the graph at several widths, beside exact search.
///
///     efsearch [FILE.npy] [--count N] [--dimension D] [--queries Q] [--M M] [--ef-construction E] [--seed S]
///
/// Vectors come from a NumPy file (float32, two dimensions, rows in C order), else are made: clusters of
/// unequal size around random centres. The last `--queries` rows are the queries and are not indexed. One
/// query at a time, one thread; every result is compared with exact search. Prints a Markdown table.
enum EfSearchBenchmark {
    static func run(arguments: [String]) throws {
        let options = try Options(arguments)
        var vectors = try options.file.map(NPYFile.read) ?? clusteredVectors(options)
        vectors = Array(vectors.prefix(options.count + options.queries))
        guard vectors.count > options.queries, let dimension = vectors.first?.count else {
            throw BenchmarkError("\(vectors.count) vectors are not more than the \(options.queries) queries.")
        }
        let queries = Array(vectors.suffix(options.queries))
        let entries = vectors.dropLast(options.queries).enumerated().map {
            VectorEntry(id: UInt64($0), vector: $1)
        }
        let flat = try FlatIndex(dimension: dimension, metric: .cosine)
        let flatBuild = try seconds { try flat.upsert(entries) }
        let parameters = try HNSWParameters(
            M: options.M, efConstruction: options.efConstruction, seed: options.seed)
        let graph = try LocalVectorStore(
            directory: nil, dimension: dimension, metric: .cosine, parameters: parameters)
        let graphBuild = try seconds { try graph.upsert(entries) }

        print(
            "n \(entries.count), dimension \(dimension), cosine, M \(options.M), "
                + "efConstruction \(options.efConstruction), seed \(options.seed), "
                + "\(queries.count) queries, 1 thread\n"
        )
        print("| search | recall@10 | queries/s | p50 ms | p99 ms | build s | bytes/vector |")
        print("|---|---|---|---|---|---|---|")
        let exact = try measure(queries) { try flat.search($0, k: 10) }
        let exactBytes = dimension * 4
        printRow("exact", exact, truth: exact.results, build: flatBuild, bytes: exactBytes)
        for ef in [10, 16, 24, 32, 48, 64, 96, 128, 200, 400] {
            let measured = try measure(queries) {
                try graph.search($0, k: 10, efSearch: ef, filter: nil)
            }
            let bytes = graph.bytesPerVector
            printRow("ef \(ef)", measured, truth: exact.results, build: graphBuild, bytes: bytes)
        }
    }

    // MARK: Measuring

    private struct Measurement {
        var results: [[Neighbor]] = []
        var milliseconds: [Double] = []

        func percentile(_ share: Double) -> Double {
            let sorted = milliseconds.sorted()
            return sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
        }
    }

    private static func measure(
        _ queries: [[Float]], search: ([Float]) throws -> [Neighbor]
    ) throws -> Measurement {
        for query in queries.prefix(50) { _ = try search(query) }
        var measurement = Measurement()
        for query in queries {
            var result: [Neighbor] = []
            let elapsed = try seconds { result = try search(query) }
            measurement.results.append(result)
            measurement.milliseconds.append(elapsed * 1000)
        }
        return measurement
    }

    private static func printRow(
        _ name: String, _ measured: Measurement, truth: [[Neighbor]], build: Double, bytes: Int
    ) {
        let recalls = zip(measured.results, truth).map { recall(of: $0, against: $1, k: 10) }
        let queriesPerSecond = Double(recalls.count) * 1000 / measured.milliseconds.reduce(0, +)
        print(
            String(
                format: "| %@ | %.4f | %.0f | %.3f | %.3f | %.1f | %d |", name,
                recalls.reduce(0, +) / Double(recalls.count), queriesPerSecond, measured.percentile(0.5),
                measured.percentile(0.99), build, bytes))
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let elapsed = try ContinuousClock().measure(body)
        return elapsed / .seconds(1)
    }

    // MARK: Vectors

    private static func clusteredVectors(_ options: Options) -> [[Float]] {
        var random = SplitMix(state: options.seed)
        let centres = (0..<200).map { _ in
            (0..<options.dimension).map { _ in random.normal() }
        }
        return (0..<options.count + options.queries).map { _ in
            // The square makes clusters of unequal size, as topics are.
            let share = random.uniform()
            let centre = centres[Int(share * share * Float(centres.count))]
            return centre.map { $0 + random.normal() }
        }
    }

    private struct SplitMix {
        var state: UInt64

        mutating func uniform() -> Float {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return Float((bits ^ (bits >> 31)) >> 40) / Float(1 << 24)
        }

        /// Box and Muller's transform.
        mutating func normal() -> Float {
            let radius = (-2 * Foundation.log(1 - uniform())).squareRoot()
            return radius * Foundation.cos(2 * .pi * uniform())
        }
    }

    // MARK: Options

    private struct Options {
        var file: String?
        var count = 100_000
        var dimension = 384
        var queries = 1000
        var M = 16
        var efConstruction = 200
        var seed: UInt64 = 1

        init(_ arguments: [String]) throws {
            var rest = arguments[...]
            while let argument = rest.popFirst() {
                guard argument.hasPrefix("--") else {
                    file = argument
                    continue
                }
                guard let text = rest.popFirst(), let value = Int(text), value > 0 else {
                    throw BenchmarkError("\(argument) needs a whole number above 0.")
                }
                switch argument {
                case "--count": count = value
                case "--dimension": dimension = value
                case "--queries": queries = value
                case "--M": M = value
                case "--ef-construction": efConstruction = value
                case "--seed": seed = UInt64(value)
                default: throw BenchmarkError("\(argument) is not an option of this benchmark.")
                }
            }
        }
    }

    /// Why a benchmark could not run, in words.
    private struct BenchmarkError: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// NumPy's array file, as far as a float32 matrix needs it (numpy.lib.format, versions 1 to 3).
    private enum NPYFile {
        static func read(_ path: String) throws -> [[Float]] {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
            guard data.count > 12,
                data.starts(with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }))
            else { throw BenchmarkError("\(path) is not a NumPy array file.") }
            let isLong = data[6] > 1
            let headerStart = isLong ? 12 : 10
            var headerBytes = Int(data[8]) | Int(data[9]) << 8
            if isLong { headerBytes |= Int(data[10]) << 16 | Int(data[11]) << 24 }
            let start = headerStart + headerBytes
            guard start <= data.count else { throw BenchmarkError("\(path) ends inside its header.") }
            let header = String(decoding: data[headerStart..<start], as: UTF8.self)
            let shape = header.split(separator: "(").last?.split(separator: ")").first ?? ""
            let sizes = shape.split(separator: ",").compactMap {
                Int($0.trimmingCharacters(in: .whitespaces))
            }
            guard header.contains("'<f4'"), header.contains("'fortran_order': False"), sizes.count == 2,
                data.count == start + sizes[0] * sizes[1] * 4
            else { throw BenchmarkError("\(path) is not a float32 matrix in C order: \(header)") }
            return data.withUnsafeBytes { bytes in
                (0..<sizes[0]).map { row in
                    (0..<sizes[1]).map { column in
                        bytes.loadUnaligned(
                            fromByteOffset: start + 4 * (row * sizes[1] + column), as: Float.self)
                    }
                }
            }
        }
    }
}
