import Foundation
import Workspace
import WorkspaceSQLite

// Queues runs, carries them out and talks, all at once, until it is killed. It says on standard output what was
// acknowledged: "queued ID", "ended ID" and "said ID".
//
//     WorkspaceCrashProcess DIRECTORY NAME

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    FileHandle.standardError.write(Data("WorkspaceCrashProcess DIRECTORY NAME\n".utf8))
    exit(2)
}
let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
let work = CrashingWork(workspace: try SQLiteWorkspace.open(at: folder), name: arguments[2])
work.say("open")
try await work.go()
