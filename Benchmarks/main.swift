import Foundation

/// One question a benchmark; `scripts/bench NAME` runs one with its arguments.
let arguments = Array(CommandLine.arguments.dropFirst())
let rest = Array(arguments.dropFirst())
do {
    switch arguments.first {
    case "aws": try await AWSBenchmark.run(arguments: rest)
    case "bare-server": try await BareServer.run(arguments: rest)
    case "engine": try await EngineBenchmark.run(arguments: rest)
    case "encoder": try await EncoderBenchmark.run(arguments: rest)
    case "pairs": try await PairBenchmark.run(arguments: rest)
    case "corpus": try await CorpusBenchmark.run(arguments: rest)
    case "crawl": try await CrawlBenchmark.run(arguments: rest)
    case "read-scope": try await ReadScopeBenchmark.run(arguments: rest)
    case "storage-format": try StorageFormatBenchmark.run(arguments: rest)
    case "vectors": try await VectorsBenchmark.run(arguments: rest)
    case "words": try WordsBenchmark.run(arguments: rest)
    case "text": try TextBenchmark.run(arguments: rest)
    case "export": try await ExportBenchmark.run(arguments: rest)
    case "index": try IndexBenchmark.run(arguments: rest)
    case "index-exact": try IndexExactBenchmark.run(arguments: rest)
    case "index-filters": try IndexFiltersBenchmark.run(arguments: rest)
    case "index-formats": print(ContenderStore.formats.joined(separator: "\n"))
    case "index-growth": try IndexGrowthBenchmark.run(arguments: rest)
    case "index-snapshot": try await IndexSnapshotBenchmark.run(arguments: rest)
    case "index-open": try IndexOpenBenchmark.run(arguments: rest)
    case "index-updates": try IndexUpdatesBenchmark.run(arguments: rest)
    default:
        FileHandle.standardError.write(
            Data(
                """
                usage: millrace-bench NAME [arguments]
                NAME: aws, bare-server, corpus, crawl, encoder, engine, export, storage-format, index, index-exact, index-filters, \
                index-formats, index-growth, index-open, index-snapshot, index-updates, pairs, read-scope, text, vectors, words

                """.utf8))
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("millrace-bench: \(error)\n".utf8))
    exit(1)
}
