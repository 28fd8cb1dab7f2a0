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
        let run = try CommandLineRun(["ingest", "--export", Fixtures.url("space").path], data: data)
        #expect(run.status == 0, "\(run.errors)")
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
