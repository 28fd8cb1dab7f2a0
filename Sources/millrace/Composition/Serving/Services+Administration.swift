import Corpus
import Server
import ServiceLifecycle

extension Services {
    /// Counts what everybody uses of what this process answers and carries out.
    func usageMeter() throws -> UsageMeter {
        try usagePart { UsageMeter(store: try self.workspace(), logger: self.logger) }
    }

    /// What administrators see and do of the server itself.
    func administration(_ usage: UsageMeter, _ disk: DiskSpace) async throws -> ServedAdministration {
        ServedAdministration(
            settings: settings.shown, usage: usage,
            // Not every database can be asked for it.
            members: try corpus() as? any MemberCatalog, sessions: try await sessions(), disk: disk,
            nodes: try await nodeStanding())
    }
}

/// Writes down what was used, until the process ends.
struct UsageService: Service {
    let meter: UsageMeter

    func run() async {
        await cancelWhenGracefulShutdown { await meter.run() }
    }
}

/// Looks for room to write, until the process ends.
struct DiskService: Service {
    let disk: DiskSpace

    func run() async {
        await cancelWhenGracefulShutdown { await disk.run() }
    }
}

/// Removes uploads that nobody has gone on with, until the process ends.
struct UploadsService: Service {
    let uploads: ResumableUploads

    func run() async {
        await cancelWhenGracefulShutdown { await uploads.run() }
    }
}
