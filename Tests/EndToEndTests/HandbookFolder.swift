import Foundation
import TestSupport
import Testing

/// A data folder with the sample space, made by the command line.
struct HandbookFolder {
    /// What a test writes beside it.
    let folder: TemporaryDirectory
    let data: URL

    /// Reads what leads may read.
    static let lead = ["--as", "group:confluence-users,group:people-ops"]

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        try Self.copySample(to: data)
        let run = try CommandLineRun(["ingest", "--export", Fixtures.url("space").path], data: data)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// Copies a data folder that has the sample space already, where `CHECK_SAMPLE` names one: what takes the space in
    /// after that makes no vector anew, which is what takes its time.
    static func copySample(to data: URL) throws {
        guard let sample = ProcessInfo.processInfo.environment["CHECK_SAMPLE"], !sample.isEmpty,
            !FileManager.default.fileExists(atPath: data.path)
        else { return }
        try FileManager.default.copyItem(at: URL(fileURLWithPath: sample), to: data)
    }

    /// Two questions about it, of which nothing answers the second.
    static let questions = """
        {"id": "leave", "question": "How many days of paid leave do I get per year?", "pages": \
        ["Leave and public holidays"], "kind": "direct", "principals": ["group:confluence-users"], "half": "report", \
        "accept": ["28"], "forbidden_principals": ["anyone"]}
        {"id": "moon", "question": "Who is the captain of the moon base?", "pages": [], "kind": "unanswerable", \
        "principals": ["group:confluence-users"], "half": "development"}

        """
}
