package org.iommu4j.core.fake;

import java.util.Optional;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.core.handover.Bounds;
import org.iommu4j.core.machine.Board;
import org.iommu4j.core.machine.Settings;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.iommu4j.core.unit.Seat;
import org.osgi.framework.Version;

/** One machine without a framework, on whatever thread the test runs. */
public final class Bench implements AutoCloseable {
    /** Drain, step, unbind, absent, block, bind: enough for a busy machine, short enough to be waited for. */
    public static final Bounds SHORT = Bounds.ofMillis(1000, 1000, 4000, 2000, 4000, 200);

    public final FakeMachine machine = new FakeMachine("m");
    public final FakeLife life = new FakeLife();
    public final Drivers drivers = new Drivers();
    public final Board board;
    private long services;

    public Bench() {
        this(false);
    }

    public Bench(boolean allowUnsafeInterrupts) {
        board = new Board(machine, drivers, new Settings(SHORT, Optional.empty(), allowUnsafeInterrupts), life);
    }

    /** A candidate of a bundle with the same number; not there yet. */
    public Candidate candidate(IommuDriver driver, String version) {
        services++;
        return new Candidate(driver, "fake", "fake.driver", Version.parseVersion(version), services, services, 0);
    }

    /** The driver's service comes. */
    public Candidate bind(IommuDriver driver, String version) {
        Candidate candidate = candidate(driver, version);
        drivers.add(candidate);
        board.handover().reconsider();
        return candidate;
    }

    /** The driver's service goes. */
    public void unbind(Candidate candidate) {
        drivers.remove(candidate.serviceId());
        board.handover().vacate(candidate, System.nanoTime() + SHORT.unbindNanos());
    }

    public Candidate inCharge() {
        return board.units().binding() == null ? null : board.units().binding().candidate();
    }

    public Seat seat() {
        return board.units().seats().get(0);
    }

    public IommuOps ops() {
        return board.translation().orElseThrow().iommuOps();
    }

    public DomainOps domains() {
        return board.translation().orElseThrow().domainOps();
    }

    /** 0: two functions of one device; 1: one function. */
    public IommuGroup group(int index) {
        return ops().groups().get(index);
    }

    /** True if no device's DMA is stopped. */
    public boolean dma() {
        return machine.functions.stream().allMatch(function -> function.dma);
    }

    @Override
    public void close() {
        board.powerOff("test ends");
        board.close();
    }
}
