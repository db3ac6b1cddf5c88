package org.iommu4j.replay.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.machine.MachineDefinition;
import org.iommu4j.replay.machine.QemuBoard;
import org.iommu4j.replay.play.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a user can say to {@code replay}. */
@Command(name = "replay", sortOptions = false, description = {
    "Replays a recorded DMA trace through an IOMMU driver while devices do DMA.",
    "", "TRACE is ftrace text, plain, gzip or zstd. A fresh machine gets the trace's devices; every map and unmap goes "
    + "through the driver, every mapped page is read and written by its device, every unmapped range is probed. "
    + "The exit code is 0 only if no transaction was lost or wrong.", ""})
final class ReplayOptions {
    private static final String ALL = "all";
    private static final int DMA_THREADS = 2;
    private static final int PROBES_ON_QEMU = 2000;

    @Parameters(paramLabel = "TRACE", description = "the trace file")
    Path trace;

    @Option(names = "--machine", paramLabel = "NAME", defaultValue = "intel",
            description = "one of " + MachineDefinition.NAMES + "; or all: these one after the other, compared; or, "
            + "played by QEMU, one of " + QemuBoard.NAMES + " (default: ${DEFAULT-VALUE})")
    String machine;

    @Option(names = "--mode", defaultValue = "strict", converter = ModeConverter.class,
            description = "strict; lazy: what is unmapped is invalidated later, many ranges at once; or passthrough: "
                    + "nothing is mapped (default: ${DEFAULT-VALUE})")
    Settings.Mode mode;

    @Option(names = "--iova", paramLabel = "WHOSE", defaultValue = "trace", converter = IovaConverter.class,
            description = "trace: the recorded addresses; own: those that this machine's DMA API gives "
                    + "(default: ${DEFAULT-VALUE})")
    Settings.Iovas iovas;

    @Option(names = "--swap-at", paramLabel = "PERCENT", split = ",",
            description = "swap the driver at these percentages of the map and unmap events, for example 25,50,75")
    List<Integer> swapAt = List.of();

    @Option(names = "--swap-with", paramLabel = "JAR",
            description = "the successor (default: the next version of the driver in charge, from spare/)")
    Path successor;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "2",
            description = "threads that map and unmap (default: ${DEFAULT-VALUE})")
    int threads;

    @Option(names = "--dma-threads", paramLabel = "N",
            description = "DMA threads of the machine, 1 to " + Settings.MAX_FEEDERS + " (default: " + DMA_THREADS
            + "; QEMU has its own)")
    Integer dmaThreads;

    @Option(names = "--probes", paramLabel = "N",
            description = "prove about N maps by DMA, and their unmaps, chosen at random with a fixed seed (default: "
            + "all; on QEMU, where a transfer takes a good part of a millisecond, " + PROBES_ON_QEMU + ")")
    Integer probes;

    @Option(names = "--pace", description = "keep the trace's own times")
    boolean pace;

    @Option(names = "--skip-unfit", description = "leave out what this machine cannot do instead of failing")
    boolean skipUnfit;

    @Option(names = "--walk", description = "also show the table entries between a device and a page that it still has "
            + "mapped at the end")
    boolean walk;

    @Option(names = "--report", paramLabel = "DIR", description = "also write index.html, a page to look at, and "
            + "report.json and report.txt there")
    Path report;

    @Option(names = "--json", description = "print JSON instead of text")
    boolean json;

    @Option(names = "--progress", negatable = true, description = "say on standard error how far it is (default: if "
            + "that is a terminal)")
    Boolean progress;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    boolean help;

    /** The start script knows what a terminal is; Java's own idea of it differs between versions. */
    boolean showsProgress() {
        return progress == null ? Boolean.getBoolean("iommu4j.terminal") : progress;
    }

    /** Modes are written in lower case. */
    static final class ModeConverter implements ITypeConverter<Settings.Mode> {
        @Override
        public Settings.Mode convert(String value) {
            return Settings.Mode.valueOf(value.toUpperCase(Locale.ROOT));
        }
    }

    /** As {@link ModeConverter}. */
    static final class IovaConverter implements ITypeConverter<Settings.Iovas> {
        @Override
        public Settings.Iovas convert(String value) {
            return Settings.Iovas.valueOf(value.toUpperCase(Locale.ROOT));
        }
    }

    /** The machines to play on, one after the other. */
    List<String> templates() {
        return machine.equals(ALL) ? List.of(MachineDefinition.NAMES.split(", ")) : List.of(machine);
    }

    /** @throws IommuException INCOMPATIBLE for numbers out of range and for what does not go together */
    Settings settings(String template) {
        boolean qemu = QemuBoard.isNamed(template);
        Settings settings = new Settings(mode, iovas, threads, qemu ? feedersOnQemu() : or(dmaThreads, DMA_THREADS),
                swapAt.stream().sorted().toList(), pace, skipUnfit,
                or(probes, qemu ? PROBES_ON_QEMU : Settings.ALL));
        require(threads >= 1, "--threads %d: 1 or more", threads);
        require(!qemu || dmaThreads == null, "--dma-threads %d: %s does DMA in QEMU's own thread", dmaThreads,
                template);
        require(qemu || settings.feeders() >= 1 && settings.feeders() <= Settings.MAX_FEEDERS,
                "--dma-threads %d: 1 to %d", settings.feeders(), Settings.MAX_FEEDERS);
        require(settings.probes() >= 1, "--probes %d: 1 or more", settings.probes());
        require(swapAt.stream().allMatch(percent -> percent >= 0 && percent <= 100),
                "--swap-at %s: percentages are 0 to 100", swapAt);
        require(mode != Settings.Mode.PASSTHROUGH || iovas != Settings.Iovas.OWN,
                "--iova own: in passthrough mode nothing is mapped");
        return settings;
    }

    /** Devices are kept busy only while it matters: their transfers take their time from maps and unmaps. */
    private int feedersOnQemu() {
        return swapAt.isEmpty() ? 0 : 1;
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private static void require(boolean condition, String otherwise, Object... arguments) {
        if (!condition) {
            throw IommuException.of(Reason.INCOMPATIBLE, otherwise, arguments);
        }
    }
}
