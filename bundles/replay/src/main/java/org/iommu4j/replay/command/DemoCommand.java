package org.iommu4j.replay.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The command {@code demo}: the bundled trace, with the driver swapped under way and back. */
@Component(service = BiFunction.class, property = {"iommu4j.command.name=demo",
    "iommu4j.command.summary=the whole thing in under a minute"})
public final class DemoCommand implements BiFunction<String[], PrintStream, Integer> {
    private static final String SAMPLE = "samples/nvme-boot.trace.zst";

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
            out.println("Replays the bundled trace; it takes no options, `replay` has them all.");
            out.println("  -h, --help   show this help");
            return arguments[0].equals("--help") || arguments[0].equals("-h") ? 0 : 2;
        }
        out.println("""
                A recorded boot of a real kernel is played through the VT-d driver: its maps and unmaps go into
                bit-exact tables, the devices of the recording do DMA through them, and while they do, the driver
                bundle is swapped for its next version and back. Nothing may be lost, nothing may go astray.""");
        out.println();
        Path sample = Path.of(System.getProperty("iommu4j.home", "."), SAMPLE);
        return replay.apply(new String[] {sample.toString(), "--swap-at", "33,66"}, out);
    }
}
