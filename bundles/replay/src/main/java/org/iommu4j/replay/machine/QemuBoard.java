package org.iommu4j.replay.machine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Cast;

/**
 * A machine that QEMU plays. Its board is QEMU's: each domain of the trace gets an {@code edu} device in a slot of bus
 * 0, whatever device it belonged to, and the trace's memory is packed into the RAM behind the first GiB, which is the
 * replay's own; the last one is for tables and queues.
 */
public final class QemuBoard implements Board {
    /** The machines. */
    public static final String NAMES = "qemu-intel, qemu-intel-scalable, qemu-intel-first-stage, qemu-arm, qemu-amd";

    private static final int FIRST_SLOT = 8;
    private static final int LAST_SLOT = 30;
    private static final String ARM = "qemu-arm";
    private static final long GIB = PhysicalMemory.CHUNK;
    /** Of the pages of devices in the first GiB of RAM, above what belongs to firmware. */
    private static final long OWN_PAGES = 16 << 20;
    private static final int GIB_OF_OWN = 2;

    private final String template;
    private final String name;
    private final long firstGib;
    private final PackedFrames frames;
    private final Map<String, PciAddress> placeOfDomain = new HashMap<>();

    /** @throws IommuException NO_SPACE if the trace has more domains than there are slots */
    QemuBoard(String template, String name, TracePlan plan) {
        this.template = template;
        this.name = name;
        // A PC has RAM at 0 and from 4 GiB on, the Arm board all of it from 1 GiB on.
        this.firstGib = template.equals(ARM) ? GIB : 0;
        this.frames = new PackedFrames(plan.addresses(), template.equals(ARM) ? 2 * GIB : 4 * GIB);
        int slots = LAST_SLOT - FIRST_SLOT + 1;
        if (plan.domains().size() > slots) {
            throw IommuException.of(Reason.NO_SPACE, "%s has %d slots for devices, the trace has %d domains", template,
                    slots, plan.domains().size());
        }
        plan.domains().forEach(domain -> placeOfDomain.putIfAbsent(domain.name(),
                PciAddress.of(0, 0, FIRST_SLOT + placeOfDomain.size(), 0)));
    }

    /** True for one of {@link #NAMES}. */
    public static boolean isNamed(String template) {
        return Arrays.asList(NAMES.split(", ")).contains(template);
    }

    @Override
    public String factory() {
        return "org.iommu4j.qemu";
    }

    @Override
    public Map<String, Object> properties() {
        return Map.of("machine", name, "definition", template, "memory", frames.chunks() + GIB_OF_OWN,
                "devices", placeOfDomain.size());
    }

    /** The trace's groups are none of this board's. */
    @Override
    public List<String> differences(IommuOps iommu) {
        return List.of();
    }

    @Override
    public Cast cast(PhysicalMemory memory) {
        return new EduCast(this, memory);
    }

    PciAddress placeOf(TraceDomain domain) {
        return placeOfDomain.get(domain.name());
    }

    PackedFrames frames() {
        return frames;
    }

    /** A page for a device alone. */
    long ownPage(PciAddress address) {
        return firstGib + OWN_PAGES + address.rid() * PhysicalMemory.PAGE;
    }

    @Override
    public List<String> notes() {
        return List.of(
                String.format("the trace's %d domains are played by edu devices in slots %d to %d, its groups are not"
                        + " there", placeOfDomain.size(), FIRST_SLOT, FIRST_SLOT + placeOfDomain.size() - 1),
                String.format("its memory, in %d different GiB, is packed into RAM from %#x on", frames.chunks(),
                        frames.start()),
                "edu tells of no refusal: what became of a transfer is seen in the data");
    }
}
