package org.iommu4j.replay.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.report.Comparison;
import org.iommu4j.replay.report.ReplayReport;
import org.iommu4j.replay.report.ReportJson;
import org.iommu4j.replay.report.ReportPage;
import org.iommu4j.replay.report.ReportText;

/** Where reports go: to the stream of the command, and to a folder if the user named one. */
final class ReportOutput {
    private final ReplayOptions options;

    ReportOutput(ReplayOptions options) {
        this.options = options;
    }

    /** @return the exit code: 0 only if every replay was clean */
    int print(List<ReplayReport> reports, PrintStream out) {
        if (reports.size() == 1) {
            ReplayReport only = reports.get(0);
            out.println(options.json ? ReportJson.of(only) : ReportText.of(only).stripTrailing());
            write(only, options.report);
        } else {
            out.println(options.json ? ReportJson.of(reports) : Comparison.of(reports).stripTrailing());
            reports.forEach(each ->
                    write(each, options.report == null ? null : options.report.resolve(each.machine())));
        }
        return reports.stream().mapToInt(ReplayReport::exitCode).max().orElse(0);
    }

    private static void write(ReplayReport report, Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("report.txt"), ReportText.of(report));
            Files.writeString(folder.resolve("report.json"), ReportJson.inFull(report));
            Files.writeString(folder.resolve("index.html"), ReportPage.of(report));
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the report cannot be written to " + folder + ": " + e, e);
        }
    }
}
