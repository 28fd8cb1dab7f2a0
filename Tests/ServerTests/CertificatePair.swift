import Foundation
import TestSupport
import Testing

@testable import Server

/// What a program of the system prints, on a thread of its own.
func output(of command: [String]) async throws -> (status: Int32, text: String) {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "command").async {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = command
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = pipe
            process.standardError = pipe
            do {
                try process.run()
            } catch {
                return continuation.resume(throwing: error)
            }
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            continuation.resume(
                returning: (process.terminationStatus, String(decoding: data, as: UTF8.self)))
        }
    }
}

/// A certificate that vouches for itself, and its key.
struct CertificatePair {
    let certificate: String
    let key: String

    var files: ServerConfiguration.TLSFiles {
        ServerConfiguration.TLSFiles(certificate: certificate, key: key, checkInterval: .milliseconds(50))
    }

    init(_ name: String, in folder: TemporaryDirectory) async throws {
        certificate = folder.path("\(name).pem")
        key = folder.path("\(name).key")
        let made = try await output(of: [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=\(name)", "-addext",
            "subjectAltName=DNS:localhost,DNS:millrace.test", "-keyout", key, "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.text)")
    }

    /// Puts this pair in the place of `other`, the key first, each whole.
    func replace(_ other: CertificatePair) throws {
        for (from, to) in [(key, other.key), (certificate, other.certificate)] {
            try Data(contentsOf: URL(fileURLWithPath: from)).write(
                to: URL(fileURLWithPath: to), options: .atomic)
        }
    }

    /// What curl gets that trusts this pair alone.
    func ask(
        _ port: Int, as name: String = "localhost", _ options: String..., at path: String = "/hit"
    ) async throws -> (Int32, String) {
        let got = try await output(
            of: [
                "curl", "--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "20",
                "--cacert",
                certificate, "--resolve", "\(name):\(port):127.0.0.1",
            ] + options + ["https://\(name):\(port)\(path)"])
        return (got.status, got.text.lowercased())
    }
}
