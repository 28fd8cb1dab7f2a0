import Foundation

/// One question a benchmark; `scripts/bench NAME` runs one with its arguments.
let arguments = Array(CommandLine.arguments.dropFirst())
let rest = Array(arguments.dropFirst())
do {
    switch arguments.first {
    case "ef-search": try EfSearchBenchmark.run(arguments: rest)
    case "encoder": try await EncoderBenchmark.run(arguments: rest)
    case "storage-format": try StorageFormatBenchmark.run(arguments: rest)
    default:
        FileHandle.standardError.write(
            Data("usage: millrace-bench ef-search | encoder | storage-format [arguments]\n".utf8))
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("millrace-bench: \(error)\n".utf8))
    exit(1)
}
