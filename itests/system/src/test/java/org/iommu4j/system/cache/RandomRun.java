package org.iommu4j.system.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/**
 * One seeded run of maps, unmaps, replaces and DMA, a step after the other, with its own account of what is mapped:
 * every transfer is held against it, and all that a device or a fault handler could see is written down.
 */
final class RandomRun {
    private static final List<String> DEVICES = List.of("0000:00:05.0", "0000:01:00.0", "0000:04:02.0");
    private static final int DOMAINS = 3;
    private static final int SLOTS = 24;
    private static final long SLOT = 1 << 21;
    private static final long IOVAS = 0x1_8000_0000L;
    private static final long FRAMES = 0x1_0000_0000L;
    private static final int FRAME_COUNT = 32;
    private static final int[] PROTECTIONS = {Protection.READ, Protection.WRITE, Rig.RW};

    private final Rig rig;
    private final long page;
    private final Random random;
    private final List<Domain> domains = new ArrayList<>();
    private final List<Map<Integer, Slot>> mapped = new ArrayList<>();
    private final List<IommuGroup> groups = new ArrayList<>();
    private final List<Dma> channels = new ArrayList<>();
    private final int[] inForce = new int[DEVICES.size()];
    private final List<String> seen = new ArrayList<>();

    /** A mapping of one slot of IOVA: its first pages, or all of it as one large page. */
    private record Slot(long pa, long length, int protection) {
    }

    RandomRun(Rig rig, long seed) {
        this.rig = rig;
        this.page = rig.page();
        this.random = new Random(seed);
        for (String device : DEVICES) {
            groups.add(rig.group(device));
            channels.add(rig.dma(device, 0));
        }
        for (int i = 0; i < DOMAINS; i++) {
            domains.add(rig.iommu().allocate(groups.get(0)));
            mapped.add(new HashMap<>());
        }
        for (int group = 0; group < groups.size(); group++) {
            rig.iommu().replace(groups.get(group), domains.get(0));
        }
    }

    /** What was seen, one line a step that DMA took part in. */
    List<String> play(int steps) {
        for (int i = 0; i < steps; i++) {
            int kind = random.nextInt(10);
            if (kind < 2) {
                map();
            } else if (kind < 4) {
                unmap();
            } else if (kind == 4) {
                replace();
            } else {
                transfer();
            }
        }
        return seen;
    }

    private void map() {
        int domain = random.nextInt(DOMAINS);
        int slot = random.nextInt(SLOTS);
        long length = random.nextInt(4) == 0 ? SLOT : page * (1 + random.nextInt(8));
        long pa = FRAMES + random.nextInt(FRAME_COUNT) * SLOT;
        int protection = PROTECTIONS[random.nextInt(PROTECTIONS.length)];
        int granted = domains.get(domain).granted(protection);
        if (mapped.get(domain).putIfAbsent(slot, new Slot(pa, length, granted)) == null) {
            rig.domains().map(domains.get(domain), iova(slot), pa, length, protection);
        }
    }

    private void unmap() {
        int domain = random.nextInt(DOMAINS);
        int slot = random.nextInt(SLOTS);
        Slot gone = mapped.get(domain).remove(slot);
        if (gone != null) {
            rig.domains().unmap(domains.get(domain), iova(slot), gone.length());
        }
    }

    private void replace() {
        int group = random.nextInt(groups.size());
        inForce[group] = random.nextInt(DOMAINS);
        rig.iommu().replace(groups.get(group), domains.get(inForce[group]));
    }

    private void transfer() {
        int device = random.nextInt(channels.size());
        int slot = random.nextInt(SLOTS);
        long within = random.nextInt(8) * page + random.nextInt(4) * Long.BYTES;
        boolean write = random.nextBoolean();
        long value = random.nextLong();
        Slot there = mapped.get(inForce[device]).get(slot);
        boolean allowed = there != null && within < there.length()
                && (there.protection() & (write ? Protection.WRITE : Protection.READ)) != 0;
        long before = allowed ? rig.memory().loadAcquire64(there.pa() + within) : 0;
        long faults = rig.unit().faults();
        OptionalLong outcome = write
                ? channels.get(device).write(iova(slot) + within, value) ? OptionalLong.of(value) : OptionalLong.empty()
                : channels.get(device).read(iova(slot) + within);
        check(allowed ? OptionalLong.of(write ? value : before) : OptionalLong.empty(), outcome, device, slot);
        if (allowed && write) {
            check(outcome, OptionalLong.of(rig.memory().loadAcquire64(there.pa() + within)), device, slot);
        }
        seen.add(DEVICES.get(device) + (write ? " write " : " read ") + Long.toHexString(iova(slot) + within) + " "
                + outcome + (outcome.isPresent() ? "" : fault(faults)));
    }

    private void check(OptionalLong expected, OptionalLong found, int device, int slot) {
        if (!expected.equals(found)) {
            throw new AssertionError("step " + seen.size() + ", " + DEVICES.get(device) + ", slot " + slot
                    + ": " + found + " instead of " + expected);
        }
    }

    /** The fault that an aborted transfer has left, once it has come through registers and interrupt to core. */
    private String fault(long before) {
        Condition.await("fault number " + (before + 1), () -> rig.unit().faults() > before);
        List<DmaFault> kept = rig.status().faults(rig.iommu().machine());
        DmaFault newest = kept.get(kept.size() - 1);
        return String.format(" %s %x %s %d %s", newest.source(), newest.iova(), Protection.text(newest.access()),
                newest.code(), newest.text());
    }

    private static long iova(int slot) {
        return IOVAS + slot * SLOT;
    }
}
