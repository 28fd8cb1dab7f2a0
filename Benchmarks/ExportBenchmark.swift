import Foundation
import Sourcing

@testable import Confluence
@testable import Documents

/// How fast is a space export read, and in how much memory?
///
/// Three passes over one file: `entities.xml` alone through the streaming reader; the whole source, every document
/// handed on; and the same with each body parsed and rendered. Prints megabytes of `entities.xml` a second, and
/// the process's peak resident memory so far, which therefore may only grow from line to line.
enum ExportBenchmark {
    /// - Parameter arguments: a zip file or a folder, and optionally the passes: entities, source, text.
    static func run(arguments: [String]) async throws {
        guard let path = arguments.first else {
            print("usage: export FILE [entities] [source] [text]")
            return
        }
        let url = URL(fileURLWithPath: path)
        let passes = arguments.count > 1 ? Array(arguments.dropFirst()) : ["entities", "source", "text"]
        var byteCount = 0
        try ExportFiles(path: url, limits: ZipLimits()).readEntities { stream in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            while case let count = try stream.next(buffer), count > 0 { byteCount += count }
        }
        print("\(url.lastPathComponent): entities.xml \(byteCount) bytes")
        for pass in passes {
            let start = ContinuousClock().now
            let count =
                switch pass {
                case "entities": try objects(of: url)
                case "source": try await documents(of: url, areRendered: false)
                case "text": try await documents(of: url, areRendered: true)
                default: 0
                }
            let seconds = (ContinuousClock().now - start) / .seconds(1)
            let name = pass.padding(toLength: 9, withPad: " ", startingAt: 0)
            let speed = String(format: "%.1f MB/s in %.1f s", Double(byteCount) / 1e6 / seconds, seconds)
            print("\(name) \(count) objects or documents, \(speed), peak \(peakMegabytes()) MB resident")
        }
    }

    private static func objects(of url: URL) throws -> Int {
        var count = 0
        try ExportFiles(path: url, limits: ZipLimits()).readEntities { stream in
            try EntitiesReader.read(stream, classes: ExportEntities.classes) { _ in count += 1 }
        }
        return count
    }

    private static func documents(of url: URL, areRendered: Bool) async throws -> Int {
        let (parser, renderer) = (StorageFormatParser(), TextRenderer())
        var count = 0
        for try await event in try SpaceExportSource(path: url).events(storedVersion: { _ in nil }) {
            guard case .document(let document) = event else { continue }
            count += 1
            if areRendered, case .storage(let body) = document.body {
                let blocks = try parser.parse(body).blocks
                count += renderer.render(blocks, title: "").text.isEmpty ? 0 : 0
            }
        }
        return count
    }

    /// `VmHWM` of the kernel's account of this process.
    private static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1000
    }
}
