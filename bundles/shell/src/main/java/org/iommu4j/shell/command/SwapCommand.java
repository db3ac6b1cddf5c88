package org.iommu4j.shell.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "swap", description = "Put another driver in the place "
        + "of one in charge, while devices do DMA; its jar replaces the other's in deploy/.")
final class SwapCommand extends Query {
    @Parameters(index = "0", paramLabel = "BUNDLE", description = "symbolic name or bundle id of the driver in charge")
    private String bundle;

    @Parameters(index = "1", paramLabel = "JAR", description = "file of its successor")
    private Path jar;

    SwapCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        if (!Files.isRegularFile(jar)) {
            throw IommuException.of(Reason.BAD_INPUT, "there is no file %s", jar);
        }
        SwapReport report = services.swap().swap(bundle, jar);
        services.swappedIn().accept(jar);
        return Answer.of(text(report), object(report));
    }

    private static String text(SwapReport report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%s -> %s: %s by %s in %s", report.from(), report.to(),
                Notation.count(report.units(), "unit"), report.method(), Notation.duration(report.totalNanos())));
        line(text, "record", Notation.count(report.recordWords(), "word"));
        line(text, "gate closed", Notation.duration(report.gateClosedNanos()));
        line(text, "longest call wait", Notation.duration(report.callWaitMaxNanos()));
        phases(report).forEach((name, nanos) -> line(text, name, Notation.duration(nanos)));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("\n    %-18s %s", name, value));
    }

    private static Map<String, Object> object(SwapReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("from", report.from());
        object.put("to", report.to());
        object.put("method", report.method());
        object.put("units", report.units());
        object.put("recordWords", report.recordWords());
        object.put("totalNanos", report.totalNanos());
        object.put("gateClosedNanos", report.gateClosedNanos());
        object.put("callWaitMaxNanos", report.callWaitMaxNanos());
        object.put("phases", phases(report));
        return object;
    }

    private static Map<String, Long> phases(SwapReport report) {
        Map<String, Long> phases = new LinkedHashMap<>();
        for (String phase : report.phases()) {
            int equals = phase.indexOf('=');
            phases.put(phase.substring(0, equals), Long.parseLong(phase.substring(equals + 1)));
        }
        return phases;
    }
}
