package org.iommu4j.replay.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The command {@code demo}: three vendors' recordings at once, each with its driver swapped under way and back. */
@Component(service = BiFunction.class, property = {"iommu4j.command.name=demo",
    "iommu4j.command.summary=the whole thing in under a minute"})
public final class DemoCommand implements BiFunction<String[], PrintStream, Integer> {
    private final BiFunction<String[], PrintStream, Integer> replay;

    @Activate
    public DemoCommand(@Reference(target = "(iommu4j.command.name=replay)", policy = ReferencePolicy.STATIC,
            policyOption = ReferencePolicyOption.GREEDY, cardinality = ReferenceCardinality.MANDATORY)
            BiFunction<String[], PrintStream, Integer> replay) {
        this.replay = replay;
    }

    @Override
    public Integer apply(String[] arguments, PrintStream out) {
        if (arguments.length > 0) {
            out.println("Usage: demo");
            out.println("Replays the bundled traces; it takes no options, `replay` has them all.");
            out.println("  -h, --help   show this help");
            return arguments[0].equals("--help") || arguments[0].equals("-h") ? 0 : 2;
        }
        out.println("""
                Three machines in one container, at the same time. On each of them a recorded boot of a real kernel is
                played through the driver of its vendor: maps and unmaps go into bit-exact tables, the devices of the
                recording do DMA through them, and while they do, the driver bundle is swapped for its next version
                and back. Nothing may be lost, nothing may go astray.""");
        List<DemoPart> parts = List.of(
                new DemoPart(replay, "Intel VT-d", "intel", sample("nvme-boot")),
                new DemoPart(replay, "Arm SMMUv3", "arm", sample("smmuv3-boot")),
                new DemoPart(replay, "AMD-Vi", "amd", sample("amd-boot")));
        parts.forEach(DemoPart::start);
        int worst = 0;
        for (DemoPart part : parts) {
            out.println();
            worst = Math.max(worst, part.finish(out));
        }
        out.println();
        out.println(worst == 0 ? "All three clean: nothing lost, nothing wrong." : "NOT clean.");
        return worst;
    }

    private static Path sample(String name) {
        return Path.of(System.getProperty("iommu4j.home", "."), "samples", name + ".trace.zst");
    }
}
