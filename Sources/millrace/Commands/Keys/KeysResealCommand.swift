import ArgumentParser
import Backends
import Foundation
import Workspace

struct KeysResealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Seals stored secrets anew with the newest key of the seal.",
        discussion: """
            Variables, and the secrets of sources and webhooks, of every tenant that lies in the database. `serve` and `work`
            do so by themselves. One that is broken off is gone on with by the next.
            """)

    @OptionGroup var options: KeyOptions

    @Flag(
        help: ArgumentHelp(
            "Adds a fresh key to workspace.key first, which seals a minute later.",
            discussion:
                "Keys that KMS guards are exchanged by time, and those of database.seal_keys where they are set."
        ))
    var fresh = false

    @Flag(
        name: .customLong("give-up"),
        help: "Makes fresh keys where all are lost. What was sealed with those before has to be set anew.")
    var givesUp = false

    func run() async throws {
        let services = try await options.common.services()
        let settings = services.settings
        let store = try await options.workspace(absence: "There is nothing to seal.")
        let isShared = settings[\.database.provider] == .postgres
        let guarded: any GuardedKeyStore =
            isShared ? PostgresCorpus(try services.postgresPool()) : GuardedKeyFile(in: settings[\.data])
        let opened = try await services.openedSeal(
            SealPlaces(store: store, guarded: guarded, isGivingUp: givesUp))
        guard try await opened.mayReseal() else {
            throw CommandError(
                """
                Not every process that shares the database has the newest key, and what is sealed anew opens with no older \
                one. Give all of them the same database.seal_keys, start them anew, and then run this again.
                """)
        }
        let seal = fresh ? try await withFreshKey(services) : opened.seal
        let outcome = try await Resealing(store, seal).run { progress in
            Terminal.print(
                error: "\(progress.kind.words(of: 2)): \(progress.outcome.sealed) sealed anew so far")
        }
        print(
            "\(outcome.sealed) sealed anew with the newest key; \(outcome.unreadable) that no key opens stay as they are."
        )
        guard outcome.unreadable == 0 || givesUp else { throw ExitCode(1) }
    }

    /// Waits until every process that has the folder open has read the key, and it seals.
    private func withFreshKey(_ services: Services) async throws -> VariableSeal {
        let settings = services.settings
        let isInFile = settings[\.database.provider] == .sqlite || settings[\.database.sealKeys] == nil
        guard settings[\.database.sealKMSKey] == nil, isInFile else {
            throw ValidationError(
                """
                --fresh: the keys are not those of workspace.key. Keys that KMS guards are exchanged by time; to those of \
                database.seal_keys a line is added.
                """
            )
        }
        let keys = try SealKeyFile.rotate(in: settings[\.data], notice: SealKeyFile.notice)
        Terminal.print(
            error: """
                A fresh key is in workspace.key. It seals in \(Int(SealKeyFile.notice)) s, when every process has read it.
                """
        )
        try await Task.sleep(for: .seconds(SealKeyFile.notice + 1))
        return VariableSeal(keys)
    }
}
