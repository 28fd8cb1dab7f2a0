import Corpus
import Foundation
import Testing

@testable import Confluence

@Suite struct `Confluence scope` {
    private func page(
        _ id: String, labels: [String]? = [], kind: Document.Kind = .page, created: Date? = nil,
        updated: Date? = nil
    ) -> RemoteContent {
        RemoteContent(
            id: id, kind: kind, title: "", version: 1, updatedAt: updated, labels: labels, createdAt: created)
    }

    private func scope(_ change: (inout ConfluenceScope) -> Void) -> ConfluenceScope {
        var scope = ConfluenceScope()
        change(&scope)
        return scope
    }

    @Test(arguments: [
        ("DOC", "DOC", true), ("doc", "DOC", true), ("DOCS", "DOC", false), ("", "", true), ("", "*", true),
        ("", "?", false), ("TEAM-A", "TEAM-*", true), ("TEAM", "TEAM-*", false), ("ABCABD", "*ABD", true),
        ("AAAB", "*A*B", true), ("AXB", "A?B", true), ("AB", "A?B", false), ("A.B", "A?B", true),
        ("AB", "**", true), ("ABC", "*B", false),
        (String(repeating: "A", count: 5_000), String(repeating: "*A", count: 50) + "B", false),
    ])
    func `a pattern matches whole keys, whatever their case`(key: String, pattern: String, matches: Bool) {
        #expect(ConfluenceScope.matches(key, pattern) == matches)
    }

    @Test func `all spaces are all but personal ones, of whatever other type`() {
        let all = ConfluenceScope.everything
        #expect(all.includes(Space(key: "DOC", name: "", type: "global")))
        #expect(all.includes(Space(key: "KB", name: "", type: "knowledge_base")))
        #expect(!all.includes(Space(key: "~bob", name: "", type: "personal")))
        let team = scope { $0.spaceTypes = ["collaboration"] }
        #expect(!team.includes(Space(key: "DOC", name: "", type: "global")))
        #expect(team.includes(Space(key: "T", name: "", type: "collaboration")))
        let each = scope { $0.spaceTypes = ["all"] }
        #expect(each.includes(Space(key: "~bob", name: "", type: "personal")))
    }

    @Test func `a space named by its key is read though it is personal, one met by a pattern is not`() {
        let bob = Space(key: "~bob", name: "", type: "personal")
        #expect(scope { $0.spaces = ["~bob"] }.includes(bob))
        #expect(!scope { $0.spaces = ["~*"] }.includes(bob))
        #expect(
            scope {
                $0.spaces = ["~*"]; $0.spaceTypes = ["personal"]
            }.includes(bob))
        #expect(
            !scope {
                $0.spaces = ["~bob"]; $0.excludedSpaces = ["~*"]
            }.includes(bob))
        #expect(!scope { $0.spaces = ["DOC"] }.includes(bob))
    }

    @Test func `a tree is its root and all below, and leaving out wins`() {
        let trees = scope {
            $0.trees = ["1"]; $0.excludedTrees = ["3"]
        }
        #expect(trees.decision(on: page("1"), ancestors: []) == .included)
        #expect(trees.decision(on: page("2"), ancestors: ["0", "1"]) == .included)
        for (id, ancestors) in [("3", ["1"]), ("4", ["1", "3"]), ("5", ["0"]), ("6", [])] {
            guard case .leftOut = trees.decision(on: page(id), ancestors: ancestors) else {
                Issue.record("\(id) is read")
                continue
            }
        }
        guard case .leftOut = trees.decision(on: page("9", kind: .blogPost), ancestors: []) else {
            Issue.record("a blog post is in no tree")
            return
        }
    }

    @Test func `labels let in and keep out, and unknown ones decide nothing`() {
        let labels = scope {
            $0.labels = ["Public", "faq"]; $0.excludedLabels = ["draft"]
        }
        #expect(labels.decision(on: page("1", labels: ["public"]), ancestors: []) == .included)
        for own in [["other"], [], ["faq", "draft"]] {
            guard case .leftOut = labels.decision(on: page("1", labels: own), ancestors: []) else {
                Issue.record("\(own) is read")
                continue
            }
        }
        guard case .undecided = labels.decision(on: page("1", labels: nil), ancestors: []) else {
            Issue.record("unknown labels decided")
            return
        }
        #expect(ConfluenceScope.everything.decision(on: page("1", labels: nil), ancestors: []) == .included)
    }

    @Test func `a range of dates holds its beginning and not its end`() {
        let (begin, end) = (Date(timeIntervalSince1970: 100), Date(timeIntervalSince1970: 200))
        let range = scope {
            $0.updatedSince = begin; $0.updatedBefore = end
        }
        #expect(range.decision(on: page("1", updated: begin), ancestors: []) == .included)
        for date in [end, Date(timeIntervalSince1970: 99)] {
            guard case .leftOut = range.decision(on: page("1", updated: date), ancestors: []) else {
                Issue.record("\(date) is read")
                continue
            }
        }
        guard case .undecided = range.decision(on: page("1"), ancestors: []) else {
            Issue.record("no date decided")
            return
        }
        let created = scope { $0.createdBefore = end }
        #expect(created.decision(on: page("1", created: begin), ancestors: []) == .included)
    }

    @Test func `kinds choose pages, posts and what hangs on them`() {
        let posts = scope { $0.kinds = [.blogPosts, .inlineComments] }
        #expect(posts.decision(on: page("1", kind: .blogPost), ancestors: []) == .included)
        #expect(posts.decision(on: page("1"), ancestors: []) == .leftOut("pages are not read"))
        var comment = page("2", kind: .comment)
        #expect(!posts.includes(below: comment))
        comment.isInlineComment = true
        #expect(posts.includes(below: comment))
        #expect(!posts.includes(below: page("3", kind: .attachment)))
    }

    @Test func `what a query does not find is left out`() {
        let all = ConfluenceScope.everything
        #expect(all.decision(on: page("1"), ancestors: [], found: ["1"]) == .included)
        #expect(all.decision(on: page("1"), ancestors: [], found: []) != .included)
    }
}
