import Corpus
import CorpusSQLite
import Foundation
import Models
import VectorIndex

/// Looks at the data folder and what lies in it, without making, changing or locking anything.
struct DataFolderDiagnosis: Sendable {
    /// Less free space than this is a finding of its own: a database that finds no room refuses its next write.
    static let leastFreeBytes = 256 << 20

    private let services: Services
    private let folder: URL

    init(_ services: Services) {
        self.services = services
        folder = services.settings[\.data]
    }

    func findings() async -> [Finding] {
        await contents() + [permissions(), space()]
    }

    private func contents() async -> [Finding] {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            return [.fine("data folder", "\(folder.path) is not there yet; ingest makes it")]
        }
        do {
            guard let corpus = try await CorpusInspection.read(folder: folder) else {
                return [.fine("data folder", "\(folder.path) holds no database yet; ingest makes it")]
            }
            return [database(corpus), await index(corpus)]
        } catch {
            return [.fails("data folder", "\(error)")]
        }
    }

    private func database(_ corpus: CorpusInspection) -> Finding {
        var parts = [
            folder.path, "\(corpus.documentCount) documents", "last sync \(corpus.lastSync ?? "never")",
        ]
        if !corpus.pendingMigrations.isEmpty {
            let steps = corpus.pendingMigrations.joined(separator: ", ")
            parts.append("the schema is an older one; the next command that writes takes the steps \(steps)")
        }
        if corpus.leavesOutLog {
            parts.append("without the latest changes, which \(SQLiteCorpus.fileName)-wal holds")
        }
        return .fine("data folder", parts.joined(separator: ", "))
    }

    /// What the index's files say. An index that is behind its database is no fault: whoever opens it next
    /// brings it level.
    private func index(_ corpus: CorpusInspection) async -> Finding {
        let part = "vector index"
        do {
            let model = try await services.embedder().model
            let chunks = corpus.chunkCounts[model.name] ?? 0
            let directory = folder.appendingPathComponent("index")
            guard let index = try IndexInspection.read(directory: directory) else {
                let next = chunks == 0 ? "ingest makes it" : "the next start makes it of \(chunks) chunks"
                return .fine(part, "not there yet; \(next)")
            }
            guard index.dimension == model.dimension else {
                return .fine(
                    part,
                    "its vectors have \(index.dimension) dimensions, those of \(model.name) have "
                        + "\(model.dimension); the next start makes it anew")
            }
            let log = ByteCount.text(index.logByteCount)
            return .fine(
                part,
                "\(index.snapshotVectorCount) vectors in its snapshot, \(log) of changes in its log, for "
                    + "\(chunks) chunks")
        } catch let error as VectorIndexError where error.isCuredByRebuilding {
            return .fails(part, "\(error) The next start makes it anew from the database.")
        } catch {
            return .fails(part, "\(error)")
        }
    }

    private func permissions() -> Finding {
        let files = FileManager.default
        guard files.fileExists(atPath: folder.path) else {
            let parent = nearestFolder()
            return access(parent.path, W_OK | X_OK) == 0
                ? .fine("permissions", "the data folder can be made in \(parent.path)")
                : .fails("permissions", "\(parent.path) may not be written, so no data folder can be made")
        }
        let names = ["", "lock", SQLiteCorpus.fileName, "\(SQLiteCorpus.fileName)-wal", "index", "pages"]
        let paths = names.map { $0.isEmpty ? folder.path : folder.appendingPathComponent($0).path }
        let closed = paths.filter { files.fileExists(atPath: $0) && access($0, R_OK | W_OK) != 0 }
        return closed.isEmpty
            ? .fine("permissions", "what is there may be read and written")
            : .fails(
                "permissions",
                "\(closed.joined(separator: ", ")) may not be read and written by this user; mend its rights")
    }

    private func space() -> Finding {
        let place = nearestFolder().path
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place),
            let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue
        else {
            return .fails("disk space", "it cannot be told for \(place)")
        }
        let text = "\(ByteCount.text(free)) free at \(place)"
        return free >= Self.leastFreeBytes
            ? .fine("disk space", text)
            : .fails("disk space", "\(text); free \(ByteCount.text(Self.leastFreeBytes)) at least")
    }

    /// The data folder, or what is there of the way to it.
    private func nearestFolder() -> URL {
        var place = folder.standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
            place = place.deletingLastPathComponent()
        }
        return place
    }
}
