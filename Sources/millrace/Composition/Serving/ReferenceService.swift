import Logging
import ServiceLifecycle

/// Follows what settings stand for (`secret:NAME#key`, `ssm:/path`), so that a rotated value serves without a restart.
///
/// Each is followed for itself: one that is gone or denied keeps the value it had, is told once, and asked for again.
struct ReferenceService: Service {
    /// How long it waits before each look; values are kept for some minutes all the same.
    static let pause = Duration.seconds(60)

    /// - Returns: what is wrong with values now.
    let fetch: @Sendable () async throws -> [ReferenceFault]
    let logger: Logger
    var clock: any Clock<Duration> = ContinuousClock()

    func run() async {
        await cancelWhenGracefulShutdown {
            var told: [String: String] = [:]
            while (try? await clock.sleep(for: Self.pause)) != nil {
                await look(&told)
            }
        }
    }

    /// Has all values fetched, and says what is other than it was.
    ///
    /// - Parameter told: by setting, why it has no new value.
    func look(_ told: inout [String: String]) async {
        let faults: [ReferenceFault]
        do {
            faults = try await fetch()
        } catch {
            guard told.updateValue("\(error)", forKey: "") != "\(error)" else { return }
            logger.warning(
                "settings' values could not be fetched anew; those of before serve on",
                metadata: ["millrace.reason": "\(error)"])
            return
        }
        var now: [String: String] = [:]
        for fault in faults {
            now[fault.key] = fault.sort
            guard told[fault.key] != fault.sort else { continue }
            logger.warning(
                "a setting's value could not be fetched anew; the one before serves on, and is asked for again",
                metadata: [
                    "millrace.setting": "\(fault.key)", "millrace.reason": "\(fault.error)",
                ])
        }
        for key in told.keys.sorted() where now[key] == nil && !key.isEmpty {
            logger.notice(
                "a setting's value can be fetched again", metadata: ["millrace.setting": "\(key)"])
        }
        told = now
    }
}
