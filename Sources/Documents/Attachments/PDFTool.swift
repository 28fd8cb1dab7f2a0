import Foundation

/// PDF files as elements of storage format, through `pdftotext` of poppler-utils in a process of its own.
///
/// A process rather than the library: poppler's licence is the GPL, and a file that makes a parser crash or
/// eat memory ends that process alone.
public struct PDFTool: Sendable {
    /// What to do when there is none.
    public static let advice = "install poppler-utils (Debian: apt-get install poppler-utils)"
    private let options: AttachmentOptions

    init(_ options: AttachmentOptions) {
        self.options = options
    }

    /// The path of `pdftotext` on the `PATH`, or `nil`.
    public static func onPath(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/pdftotext" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The first line that the program says of itself, such as `pdftotext version 22.12.0`.
    ///
    /// - Throws: ``AttachmentRefusal/toolMissing(name:advice:)`` or ``AttachmentRefusal/toolFailed(name:reason:)``.
    public static func version(_ options: AttachmentOptions) async throws -> String {
        let outcome = try await PDFTool(options).run(["-v"], [])
        guard case .exited(_, _, let errors) = outcome,
            let line = errors.split(separator: "\n").first, line.contains("version")
        else { throw AttachmentRefusal.toolFailed(name: "pdftotext", reason: "it does not tell its version") }
        return String(line)
    }

    /// - Throws: ``AttachmentRefusal``, `CancellationError`.
    func markup(of bytes: [UInt8], into writer: MarkupWriter) async throws -> MarkupWriter {
        // "-" twice: from standard input to standard output. Pages end with a form feed.
        let arguments = ["-enc", "UTF-8", "-eol", "unix", "-", "-"]
        switch try await run(["-q"] + arguments, bytes) {
        case .timedOut:
            throw failure("it took more than \(options.toolTimeoutSeconds) seconds")
        case .killed(let signal):
            throw failure("it was ended by signal \(signal), as when memory runs out")
        case .exited(0, let output, _):
            return PDFPages(String(decoding: output, as: UTF8.self)).markup(into: writer)
        case .exited(let code, _, _):
            // Asked again, it says why; a damaged file may make it say a great deal, so not at first.
            if case .exited(_, _, let words) = try await run(arguments, bytes),
                words.lowercased().contains("password")
            {
                throw AttachmentRefusal.encrypted(.pdf)
            }
            if code == 3 { throw failure("its author forbids that its text is copied") }
            // The program's own words may quote the file; its code says enough.
            throw AttachmentRefusal.damaged(.pdf, reason: "pdftotext cannot open it (exit code \(code))")
        }
    }

    private func run(_ arguments: [String], _ input: [UInt8]) async throws -> ChildProcess.Outcome {
        guard let tool = options.pdftotext else {
            throw AttachmentRefusal.toolMissing(name: "pdftotext", advice: Self.advice)
        }
        let limits = ChildProcess.Limits(
            seconds: options.toolTimeoutSeconds, memoryBytes: options.toolMemoryBytes,
            outputBytes: max(1 << 20, options.textLimitBytes * 2))
        do {
            let outcome = try await ChildProcess.run([tool] + arguments, input: input, limits: limits)
            if case .exited(126...127, _, _) = outcome {
                throw AttachmentRefusal.toolMissing(name: "pdftotext", advice: Self.advice)
            }
            return outcome
        } catch let error as POSIXError {
            throw failure("it cannot be started (\(error.code))")
        } catch let error as ArchiveError {
            throw failure("\(error)")
        }
    }

    private func failure(_ reason: String) -> AttachmentRefusal {
        .toolFailed(name: "pdftotext", reason: reason)
    }
}
