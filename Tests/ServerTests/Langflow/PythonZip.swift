import Foundation
import TestSupport

/// Reads an archive by Python's `zipfile`, checksums included.
enum PythonZip {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let program = """
        import json, sys, zipfile
        archive = zipfile.ZipFile(sys.argv[1])
        assert archive.testzip() is None
        print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))
        """

    /// The texts of the archive's files, by name.
    static func files(in archive: Data) throws -> [String: String] {
        let folder = try TemporaryDirectory()
        let file = try folder.write(archive, to: "flows.zip")
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, file.path]
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        let faults = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: faults, as: UTF8.self))
        }
        return try JSONDecoder().decode([String: String].self, from: told)
    }
}
