package org.iommu4j.system.storm;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.iommu4j.system.rig.Rig;

/**
 * Which domain is in force when. The time is a count: even while one domain is in force, odd during a replace. One
 * thread moves it, any number look.
 */
final class Schedule {
    private final int[] domains;
    /** By client: the last even time during all of which a batch of its lay. */
    private final int[] witnessed;
    private volatile int time;
    private boolean ended;

    private Schedule(int[] domains, int clients) {
        this.domains = domains;
        this.witnessed = new int[clients];
    }

    /** Random replaces, the first of them from the blocked domain; no two domains in turn are the same. */
    static Schedule random(long seed, int moves, int clients) {
        Random random = new Random(seed);
        int[] domains = new int[moves + 1];
        domains[0] = Scenery.BLOCKED;
        for (int i = 1; i <= moves; i++) {
            domains[i] = (domains[i - 1] + 1 + random.nextInt(Scenery.DOMAINS - 1)) % Scenery.DOMAINS;
        }
        return new Schedule(domains, clients);
    }

    /** Certain domains, one after the other. */
    static Schedule of(int[] domains, int clients) {
        return new Schedule(domains, clients);
    }

    /** One domain, for good. */
    static Schedule still(int domain, int clients) {
        return new Schedule(new int[] {domain}, clients);
    }

    int moves() {
        return domains.length - 1;
    }

    int domain(int move) {
        return domains[move];
    }

    int now() {
        return time;
    }

    /** A replace begins, or has returned. */
    void advance() {
        time++;
    }

    /** True if a domain was in force at any moment from one time to another, inclusive. */
    boolean inForce(int domain, int from, int to) {
        for (int move = from >> 1; move <= to + 1 >> 1; move++) {
            if (domains[Math.min(move, moves())] == domain) {
                return true;
            }
        }
        return false;
    }

    /** A client has done a batch from one time to another. */
    void witness(int client, int from, int to) {
        if (from == to && (from & 1) == 0) {
            synchronized (this) {
                if (witnessed[client] != from) {
                    witnessed[client] = from;
                    notifyAll();
                }
            }
        }
    }

    /** Nobody waits for clients from now on. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits until each client has done a batch with nothing but the present domain in force, or all has ended. */
    synchronized void awaitWitnesses() {
        long deadline = System.nanoTime() + Rig.BOUND_NANOS;
        for (int client = 0; client < witnessed.length; client++) {
            while (witnessed[client] != time && !ended) {
                long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (rest <= 0) {
                    throw new AssertionError("client " + client + " did no DMA");
                }
                try {
                    wait(rest);
                } catch (InterruptedException e) {
                    throw new AssertionError("interrupted", e);
                }
            }
        }
    }
}
