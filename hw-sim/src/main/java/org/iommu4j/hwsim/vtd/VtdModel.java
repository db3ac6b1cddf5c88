package org.iommu4j.hwsim.vtd;

import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.IommuModel;
import org.iommu4j.hwsim.machine.Requester;

/**
 * An Intel VT-d remapping unit, from its registers inwards: legacy and scalable mode, first stage, second stage and
 * pass-through, coherent or not, queued and register-based invalidation, fault recording. Interrupt remapping, nested
 * translation, page requests and device-TLBs are absent; a definition whose capabilities promise them is refused.
 */
public final class VtdModel implements IommuModel {
    private final String name;
    private final VtdCapabilities caps;
    private final Board board;
    private final TranslationCaches caches;
    private final Intervals intervals = new Intervals();
    private final FaultRecording faults;
    private final InvalidationQueue queue;
    private final Control control;
    private final VtdRegisters registers;
    private final EntryFetch.Preemption preemption = new EntryFetch.Preemption();
    private final CopyOnWriteArrayList<Counts> counts = new CopyOnWriteArrayList<>();
    private final AtomicInteger requesters = new AtomicInteger();

    /**
     * A unit with reset values and empty caches.
     *
     * @param name starts the names of its counters
     */
    public VtdModel(String name, VtdCapabilities caps, VtdCaches geometry, Board board) {
        this.name = name;
        this.caps = caps;
        this.board = board;
        this.caches = new TranslationCaches(caps, geometry, board.seed());
        this.faults = new FaultRecording(caps.faultRecords(), board.messages());
        this.queue = new InvalidationQueue(caps, board.memory(), new Invalidator(caps, caches, intervals), faults,
                board.messages());
        this.control = new Control(caps, caches, intervals, queue);
        this.queue.join(control);
        RegisterInvalidation commands = new RegisterInvalidation(control, new Invalidator(caps, caches, intervals));
        this.registers = new VtdRegisters(caps, control, commands, queue, faults);
    }

    /**
     * A unit from its definition: {@code capabilities} with CAP and ECAP (VER is 1.0 unless given), {@code caches} with
     * {@code sets} and {@code ways} of {@code context}, {@code pasid}, {@code iotlb} and {@code walk}.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if a value is not possible, or promises what the model has not
     */
    public static VtdModel create(String name, DefinitionNode unit, Board board) {
        DefinitionNode values = unit.object("capabilities");
        VtdCapabilities caps = new VtdCapabilities(values.integer("VER", 0, 0xff, 0x10), values.word("CAP"),
                values.word("ECAP"), board.physicalAddressBits());
        DefinitionNode sizes = unit.object("caches");
        VtdCaches normal = VtdCaches.DEFAULT;
        return new VtdModel(name, caps, new VtdCaches(geometry(sizes, "context", normal.context()),
                geometry(sizes, "pasid", normal.pasid()), geometry(sizes, "iotlb", normal.iotlb()),
                geometry(sizes, "walk", normal.walk())), board);
    }

    private static CacheGeometry geometry(DefinitionNode caches, String cache, CacheGeometry normal) {
        DefinitionNode node = caches.object(cache);
        return new CacheGeometry(node.integer("sets", 1, CacheGeometry.MOST_SETS, normal.sets()),
                node.integer("ways", 1, CacheGeometry.MOST_WAYS, normal.ways()));
    }

    @Override
    public RegisterSpace registers() {
        return registers;
    }

    @Override
    public Requester requester() {
        Counts own = new Counts();
        counts.add(own);
        EntryFetch fetch = new EntryFetch(caps, board, preemption, board.seed() + requesters.incrementAndGet());
        return new VtdRequester(caps, control, caches, faults, intervals.cell(), fetch, own);
    }

    @Override
    public void preemptBetweenFetches(Runnable step) {
        preemption.step = step;
    }

    @Override
    public void counters(Map<String, Long> into) {
        for (Counts each : counts) {
            each.addTo(name, into);
        }
        caches.counters(name, into);
        into.put(name + ".waits", queue.waits());
    }

    /** Nothing runs in the model: device threads and software do all of its work. */
    @Override
    public void powerOff() {
        preemption.step = null;
    }
}
