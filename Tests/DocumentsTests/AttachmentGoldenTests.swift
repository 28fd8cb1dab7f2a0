import Foundation
import TestSupport
import Testing

@testable import Documents

/// Every format: `fixtures/attachments/NAME` and the text that becomes of it, in `NAME.text`.
///
/// `MILLRACE_RECORD=1` writes the expectations anew; read each before it is committed.
@Suite struct `Attachments, against golden files` {
    static let names = [
        "report.docx", "budget.xlsx", "tides.xlsx", "deck.pptx", "handbook.pdf", "fees.html", "ports.csv",
    ]

    @Test(arguments: names)
    func `a file gives the text of its golden file`(name: String) async throws {
        let bytes = [UInt8](try Fixtures.data("attachments/\(name)"))
        let read = try await AttachmentText().body(of: bytes, fileName: name, mediaType: nil)
        guard case .events(let markup) = read.body else {
            Issue.record("\(name) is no tree events")
            return
        }
        let page = try StorageFormatParser().parse(markup)
        #expect(page.warnings.isEmpty, "the markup is not clean: \(page.warnings)")
        let text = TextRenderer().render(page.blocks, title: name)
        let actual = text.text + "\n" + read.notes.map { "! \($0)\n" }.joined()
        let url = Fixtures.url("attachments/\(name).text")
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try actual.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(actual == (try String(contentsOf: url, encoding: .utf8)), "\(name).text differs")
    }
}

@Suite struct `Attachments that cannot be read` {
    private func refusal(
        _ bytes: [UInt8], _ name: String, _ mediaType: String? = nil,
        options: AttachmentOptions = AttachmentOptions()
    ) async throws -> AttachmentRefusal? {
        do {
            _ = try await AttachmentText(options: options).body(
                of: bytes, fileName: name, mediaType: mediaType)
            return nil
        } catch let refusal as AttachmentRefusal {
            return refusal
        }
    }

    private func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Fixtures.data("attachments/\(name)"))
    }

    @Test(arguments: [
        ("plan.pdf", "application/pdf", "a PDF", Array("<!doctype html><title>Sign in</title>".utf8)),
        ("plan.pdf", "application/pdf", "a PDF", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ("plan.docx", "application/octet-stream", "a Word document", Array("just text".utf8)),
        ("notes.txt", "text/plain", "plain text", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 1]),
        ("notes.txt", "text/plain", "plain text", Array("%PDF-1.4 …".utf8)),
        ("rows.csv", "text/csv", "CSV", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]),
        ("plan.pdf", "", "a PDF", []),
    ])
    func `a file that is not what it says is named as that, a failure`(
        name: String, mediaType: String, claimed: String, bytes: [UInt8]
    ) async throws {
        guard case .liesAboutItsType(claimed, let found)? = try await refusal(bytes, name, mediaType) else {
            Issue.record("\(String(describing: try await refusal(bytes, name, mediaType)))")
            return
        }
        #expect(!found.isEmpty)
        #expect(try await refusal(bytes, name, mediaType)?.isFailure == true)
    }

    @Test func `an office file under another office name is a lie, under a wrong media type alone is not`()
        async throws
    {
        let workbook = try fixture("budget.xlsx")
        guard case .liesAboutItsType? = try await refusal(workbook, "budget.docx") else {
            Issue.record("a workbook passed for a document")
            return
        }
        #expect(try await refusal(workbook, "budget.xlsx", "application/msword") == nil)
        #expect(try await refusal(workbook, "budget.xlsx", "application/zip") == nil)
    }

    @Test func `what nothing reads is left out, which is no failure`() async throws {
        for (name, type) in [
            ("photo.png", "image/png"), ("old.doc", "application/msword"), ("x.zip", "application/zip"),
            ("thing", "application/octet-stream"), ("invite.ics", "text/calendar"),
        ] {
            let refusal = try await refusal([1, 2, 3], name, type)
            guard case .unsupported? = refusal else {
                Issue.record("\(name): \(String(describing: refusal))")
                continue
            }
            #expect(refusal?.isFailure == false)
        }
    }

    @Test func `files behind a password are named as that`() async throws {
        #expect(try await refusal(fixture("locked.pdf"), "locked.pdf") == .encrypted(.pdf))
        let sealed: [UInt8] =
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600)
            + "EncryptedPackage".utf8.flatMap { [$0, 0] }
        #expect(try await refusal(sealed, "plan.docx") == .encrypted(.docx))
        #expect(try await refusal(sealed, "plan.xlsx") == .encrypted(.xlsx))
    }

    @Test func `a scan is told apart from a damaged PDF`() async throws {
        let scan = try await refusal(fixture("scan.pdf"), "scan.pdf")
        #expect(scan == .noText(.pdf) && scan?.isFailure == false)
        let broken = Array("%PDF-1.7\n".utf8) + [UInt8](repeating: 0x41, count: 400)
        guard case .damaged(.pdf, _)? = try await refusal(broken, "broken.pdf") else {
            Issue.record("\(String(describing: try await refusal(broken, "broken.pdf")))")
            return
        }
    }

    @Test(arguments: ["report.docx", "budget.xlsx", "deck.pptx"])
    func `an office file cut short, or with a flipped byte, is damaged`(name: String) async throws {
        let whole = try fixture(name)
        let format = try #require(AttachmentFormat(rawValue: String(name.suffix(4))))
        guard case .damaged(format, _)? = try await refusal(Array(whole.prefix(whole.count / 2)), name) else {
            Issue.record("half of \(name) was read")
            return
        }
        let main = ["docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"]
        let entry = Array((main[format.rawValue] ?? "").utf8)
        let place = try #require(whole.firstRange(of: entry)).upperBound
        var flipped = whole
        flipped[place + 40] ^= 0xFF
        guard case .damaged(format, _)? = try await refusal(flipped, name) else {
            Issue.record("a flipped byte of \(name) passed")
            return
        }
    }

    @Test func `a document that unpacks to far more than itself is refused as a bomb`() async throws {
        // The local header and the directory say one gigabyte and more; nothing of it is unpacked.
        var bomb = ZipWriter()
        bomb.add("[Content_Types].xml", Data("<Types/>".utf8))
        bomb.add("word/document.xml", Data("<w/>".utf8))
        var data = [UInt8](bomb.data)
        let directory = try #require(data.lastRange(of: [0x50, 0x4B, 1, 2]))
        data.replaceSubrange(directory.lowerBound + 24..<directory.lowerBound + 28, with: [0, 0, 0, 0x7F])
        let local = try #require(data.lastRange(of: [0x50, 0x4B, 3, 4]))
        data.replaceSubrange(local.lowerBound + 22..<local.lowerBound + 26, with: [0, 0, 0, 0x7F])
        guard case .bomb(.docx, _)? = try await refusal(data, "bomb.docx") else {
            Issue.record("\(String(describing: try await refusal(data, "bomb.docx")))")
            return
        }
    }

    @Test func `XML with a document type, or nested beyond reason, is refused`() async throws {
        let laughs = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><document><body/></document>"
        let nested = String(repeating: "<w:x>", count: 2_000)
        for content in [laughs, nested] {
            var zip = ZipWriter()
            zip.add("[Content_Types].xml", Data("<Types/>".utf8))
            zip.add("word/document.xml", Data(content.utf8))
            guard case .damaged(.docx, _)? = try await refusal([UInt8](zip.data), "a.docx") else {
                Issue.record("\(content.prefix(20)) was read")
                continue
            }
        }
    }

    @Test func `limits and switches are kept and named`() async throws {
        var options = AttachmentOptions(limitBytes: 10)
        #expect(
            try await refusal(Array("eleven bytes".utf8), "a.txt", options: options)
                == .tooLarge(byteCount: 12, limitBytes: 10))
        options = AttachmentOptions(formats: [.text])
        #expect(
            AttachmentText(options: options).refusal(fileName: "a.pdf", mediaType: nil, byteCount: nil)
                == .switchedOff(.pdf))
        #expect(
            AttachmentText().refusal(fileName: "a.png", mediaType: "image/png", byteCount: 1)
                == .unsupported(type: "image/png"))
    }

    @Test func `without pdftotext a PDF fails with what to install, and with a wrong path, too`() async throws
    {
        for path in [nil, "/nowhere/pdftotext"] {
            let refusal = try await refusal(
                fixture("handbook.pdf"), "handbook.pdf", options: AttachmentOptions(pdftotext: path))
            guard case .toolMissing("pdftotext", let advice)? = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
            #expect(advice.contains("poppler-utils") && refusal?.isFailure == true)
        }
    }

    @Test func `a tool that takes too long or too much memory is ended`() async throws {
        let folder = try TemporaryDirectory()
        let sleeper = try folder.write("#!/bin/sh\nsleep 600\n", to: "sleeper")
        let hog = try folder.write("#!/bin/sh\nx=x\nwhile :; do x=$x$x; done\n", to: "hog")
        for script in [sleeper, hog] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        }
        let pdf = try fixture("handbook.pdf")
        var options = AttachmentOptions(toolTimeoutSeconds: 1, pdftotext: sleeper.path)
        guard case .toolFailed(_, let reason)? = try await refusal(pdf, "a.pdf", options: options) else {
            Issue.record("the sleeper was waited for")
            return
        }
        #expect(reason.contains("1 second"))
        options = AttachmentOptions(toolTimeoutSeconds: 60, toolMemoryBytes: 64 << 20, pdftotext: hog.path)
        #expect(try await refusal(pdf, "a.pdf", options: options) != nil)
    }

    @Test func `too much text is cut with a note, in every kind of file`() async throws {
        let options = AttachmentOptions(textLimitBytes: 2_000)
        let rows = (0..<1_000).map { "row \($0),\($0)" }.joined(separator: "\n")
        for (name, text) in [
            ("a.csv", rows), ("a.txt", rows), ("a.md", rows), ("a.html", "<html><p>" + rows + "<p>end"),
        ] {
            let read = try await AttachmentText(options: options).body(
                of: Array(text.utf8), fileName: name, mediaType: nil)
            #expect(read.notes.count == 1, "\(name)")
            if case .events(let markup) = read.body {
                #expect(markup.byteCount <= 2_200 && markup.byteCount > 900, "\(name)")
                #expect(try StorageFormatParser().parse(markup).warnings.isEmpty)
            } else if case .plain(let text) = read.body {
                #expect(text.utf8.count <= 2_000 && text.utf8.count > 1_900, "\(name)")
            }
        }
    }

    @Test func `a refusal says what is wrong in words, without the file's own`() {
        let refusals: [AttachmentRefusal] = [
            .switchedOff(.pdf), .unsupported(type: "image/png"), .tooLarge(byteCount: 2, limitBytes: 1),
            .liesAboutItsType(claimed: "a PDF", found: "HTML"), .encrypted(.docx),
            .damaged(.xlsx, reason: "r"), .bomb(.pptx, reason: "r"), .noText(.pdf), .noText(.docx),
            .toolMissing(name: "pdftotext", advice: PDFTool.advice), .toolFailed(name: "n", reason: "r"),
        ]
        for refusal in refusals { #expect("\(refusal)".split(separator: " ").count >= 5, "\(refusal)") }
    }
}
