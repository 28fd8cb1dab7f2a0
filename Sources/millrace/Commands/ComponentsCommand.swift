import ArgumentParser
import Flow
import JSONValue

struct ComponentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "components",
        abstract: "Tells every component that flows may use, with its ports and parameters.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "Only this one.")
    var name: String?

    func run() async throws {
        // What there is depends on the settings, and on no data.
        let catalog = try await MomentaryFolder.with { folder in
            var common = common
            common.data = folder
            return try await common.services().flowCatalog()
        }
        guard let name else {
            print(common.json ? try catalog.described.text() : catalog.reference)
            return
        }
        let names = catalog.components.map(\.name)
        guard let component = catalog.components.first(where: { $0.name == name }) else {
            let nearest = Spelling.nearest(to: name, among: names).map { " Did you mean “\($0)”?" } ?? ""
            throw CommandError(
                "There is no component “\(name)”.\(nearest) There are \(names.joined(separator: ", ")).")
        }
        print(common.json ? try component.described.text() : component.reference)
    }
}
