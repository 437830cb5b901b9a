/* The turns of gangs in C, to measure the compiled rules against.

   A transcription of gangs_week in model/week.py and of what it calls, formula by formula, on the
   same memory: records.h declares the structs and is written from the numpy records before this is
   compiled (see hot_loop.py). Same draws, same arithmetic: the gangs it leaves are the same to the
   bit, as long as the compiler does not contract a * b + c (-ffp-contract=off). */

#include <math.h>
#include <stdint.h>

#include "records.h"

#define INDEPENDENT (-1)
#define LARGE 500.0
#define BLOCK 128

/* Decisions, as in model/draws.py: block * 4 + lane. */
enum { RECRUIT = 0, ALLEGIANCE = 4, BY_FORCE = 6 };

typedef struct {
    uint64_t seed, replicate;
} Key;

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

/* --- draws: Philox4x32-10 --------------------------------------------------------------------- */

static inline void four(Key key, int first, int64_t week, uint64_t entity, double u[4]) {
    uint32_t c0 = (uint32_t)entity, c1 = (uint32_t)(entity >> 32);
    uint32_t c2 = (uint32_t)week, c3 = (uint32_t)(first >> 2);
    uint32_t k0 = (uint32_t)key.seed, k1 = (uint32_t)key.replicate;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    u[0] = (c0 + 0.5) * 0x1p-32;
    u[1] = (c1 + 0.5) * 0x1p-32;
    u[2] = (c2 + 0.5) * 0x1p-32;
    u[3] = (c3 + 0.5) * 0x1p-32;
}

/* The same for n entities at once: a loop that compilers turn into vector instructions. */
static void four_each(Key key, int first, int64_t week, const uint64_t *restrict entities, int n,
                      double (*restrict draws)[BLOCK]) {
    for (int i = 0; i < n; i++) {
        double u[4];
        four(key, first, week, entities[i], u);
        for (int lane = 0; lane < 4; lane++) draws[lane][i] = u[lane];
    }
}

static double draw(Key key, int decision, int64_t week, uint64_t entity) {
    double u[4];
    four(key, decision & ~3, week, entity, u);
    return u[decision & 3];
}

/* --- counts by inversion ---------------------------------------------------------------------- */

static double polynomial(const double *coefficients, int n, double x) {
    double total = 0.0;
    for (int i = 0; i < n; i++) total = total * x + coefficients[i];
    return total;
}

static double normal_quantile(double u) {
    static const double centre_over[] = {-39.69683028665376, 220.9460984245205, -275.9285104469687,
                                         138.3577518672690, -30.66479806614716, 2.506628277459239};
    static const double centre_under[] = {-54.47609879822406, 161.5858368580409, -155.6989798598866,
                                          66.80131188771972, -13.28068155288572, 1.0};
    static const double tail_over[] = {-7.784894002430293e-03, -0.3223964580411365,
                                       -2.400758277161838, -2.549732539343734,
                                       4.374664141464968, 2.938163982698783};
    static const double tail_under[] = {7.784695709041462e-03, 0.3224671290700398,
                                        2.445134137142996, 3.754408661907416, 1.0};
    if (u < 0.02425) {
        double q = sqrt(-2.0 * log(u));
        return polynomial(tail_over, 6, q) / polynomial(tail_under, 5, q);
    }
    if (u > 1.0 - 0.02425) return -normal_quantile(1.0 - u);
    double q = u - 0.5;
    return q * polynomial(centre_over, 6, q * q) / polynomial(centre_under, 6, q * q);
}

static int64_t large_count(double mean, double deviation, double skewness, double u) {
    double z = normal_quantile(u);
    double shifted = mean + deviation * (z + skewness * (z * z - 1.0) / 6.0);
    double count = floor(shifted + 0.5);
    return count > 0.0 ? (int64_t)count : 0;
}

static int64_t poisson_sum(double mean, double u) {
    double term = exp(-mean), total = term;
    int64_t count = 0;
    while (total < u && count < 1500) {
        count++;
        term *= mean / count;
        total += term;
    }
    return count;
}

static int none(double mean, double u) { return u <= 1.0 - mean; }

static int one(double mean, double u) {
    double more = 0.5 * mean * mean;
    return 1.0 - mean + more < u && u <= 1.0 - more;
}

static int64_t poisson(double mean, double u) {
    if (mean <= 0.0 || none(mean, u)) return 0;
    if (one(mean, u)) return 1;
    if (mean > LARGE) {
        double deviation = sqrt(mean);
        int64_t exact = poisson_sum(LARGE, u);
        int64_t large = large_count(mean, deviation, 1.0 / deviation, u);
        return exact > large ? exact : large;
    }
    return poisson_sum(mean, u);
}

static double power(double base, int64_t exponent) {
    double result = 1.0;
    while (exponent > 0) {
        if (exponent & 1) result *= base;
        base *= base;
        exponent >>= 1;
    }
    return result;
}

static int64_t binomial_sum(int64_t n, double p, double u) {
    double odds = p / (1.0 - p);
    double term = power(1.0 - p, n), total = term;
    int64_t count = 0;
    while (total < u && count < n) {
        count++;
        term *= odds * (n - count + 1) / count;
        total += term;
    }
    return count;
}

static int64_t binomial(int64_t n, double p, double u) {
    if (n <= 0 || p <= 0.0) return 0;
    if (p >= 1.0) return n;
    if (p > 0.5) return n - binomial(n, 1.0 - p, 1.0 - u);
    double mean = n * p;
    if (none(mean, u)) return 0;
    if (one(mean, u)) return 1;
    if (mean > LARGE) {
        double deviation = sqrt(mean * (1.0 - p));
        int64_t exact = binomial_sum(n, LARGE / n, u);
        int64_t large = large_count(mean, deviation, (1.0 - 2.0 * p) / deviation, u);
        if (large < exact) large = exact;
        return large < n ? large : n;
    }
    return binomial_sum(n, p, u);
}

/* --- the week of a gang ----------------------------------------------------------------------- */

/* Clear a gang's flows; return whether none can come in its turn. */
static int uneventful(Gang *gang, const double u[4], double joining, double leaving, double hazard,
                      double taking) {
    gang->recruited = gang->left = gang->killed = gang->killed_by_force = gang->arrested = 0;
    double heads = gang->members;
    return none(joining, u[0]) && none(heads * leaving, u[1]) && none(heads * hazard, u[2]) &&
           none(heads * taking, u[3]);
}

/* 3, 8, 9: draw recruits and losses; return the share of the gang killed or taken. */
static double live(Gang *gang, Key key, int64_t week, const double u[4], double joining,
                   double leaving, double hazard, double taking, double force) {
    int64_t before = gang->members;
    gang->recruited = (int32_t)poisson(joining, u[0]);
    gang->killed = (int32_t)binomial(before, hazard, u[2]);
    int64_t taken = binomial(before - gang->killed, taking, u[3]);
    if (taken > 0 && force > 0.0) {
        double by_force = draw(key, BY_FORCE, week, gang->id);
        gang->killed_by_force = (int32_t)binomial(taken, force / taking, by_force);
    }
    gang->arrested = (int32_t)(taken - gang->killed_by_force);
    gang->left = (int32_t)binomial(before - gang->killed - taken, least(1.0, leaving), u[1]);
    gang->members = (int32_t)(before + gang->recruited - gang->killed - taken - gang->left);
    return (double)(gang->killed + taken) / before;
}

/* 6 */
static double kept_after(const Gang *gang, const Cartel *cartel, const Presence *here,
                         const Parameters *par, double losses) {
    double loyalty = cartel->bond - par->loyalty_losses * losses;
    loyalty -= par->loyalty_beaten * here->beaten;
    if (gang->place != cartel->home) loyalty -= par->loyalty_distance * (1.0 - cartel->franchise);
    return loyalty;
}

static double loyalty_after(double loyalty, double target, const Parameters *par, double weeks) {
    return least(1.0, most(0.0, loyalty + weeks * par->loyalty_speed * (target - loyalty)));
}

static double arms_after(double arms, double supply, double rearming, const Parameters *par,
                         double weeks) {
    double gained = least(1.0, weeks * rearming) * most(0.0, supply - arms);
    return least(1.0, arms + gained - weeks * par->gun_decay * arms);
}

/* 5: the allegiance that a gang turns to: a cartel, its own, or INDEPENDENT. */
static int64_t choose(const Gang *gang, const Place *place, const Cartel *cartels,
                      const Presence *row, const Nation *nation, const Parameters *par, double u) {
    int64_t own = gang->allegiance, tie = gang->tie;
    double alone = nation->alone, old_friend = nation->old_friend;
    double total = place->offers + alone, stay = 0.0;
    if (tie >= 0 && tie != own) total += row[tie].offer * (old_friend - 1.0);
    if (own >= 0) {
        stay = most(row[own].offer, 1.0) * exp(par->taste_loyalty * gang->loyalty);
        total += stay - row[own].offer;
    }
    double left = u * total - alone;
    if (left < 0.0) return INDEPENDENT;
    left -= stay;
    if (left < 0.0) return own;
    for (int64_t a = 0; a < nation->living; a++) {
        int64_t k = cartels[a].listed;
        double weight = row[k].offer;
        if (k == own || weight == 0.0) continue;
        left -= k == tie ? weight * old_friend : weight;
        if (left < 0.0) return k;
    }
    return own;
}

static int takes_stock(const Gang *gang, const Parameters *par, int64_t week, uint64_t weeks) {
    return (gang->id + (uint64_t)week) % (uint64_t)par->stock_taking < weeks;
}

static void cell_turn(Gang *gang, const Nation *nation, Place *places, Cartel *cartels,
                      const Presence *presence, int64_t columns, const Parameters *par, Key key,
                      int64_t week, const double u[4]) {
    const Presence *row = &presence[gang->place * columns], *here = &row[gang->allegiance];
    Place *place = &places[gang->place];
    double joining = TURN * (here->appeal * gang->members * here->pull);
    double leaving = TURN * here->leaving, hazard = least(1.0, TURN * here->hazard);
    double taking = TURN * (here->arrest + here->force), force = TURN * here->force;
    double kept = here->kept;
    if (!uneventful(gang, u, joining, leaving, hazard, taking)) {
        Cartel *cartel = &cartels[gang->allegiance];
        double lost = live(gang, key, week, u, joining, leaving, hazard, taking, force);
        place->killed += gang->killed;
        place->killed_by_force += gang->killed_by_force;
        place->arrested += gang->arrested;
        cartel->recruited += gang->recruited;
        cartel->left += gang->left;
        cartel->killed += gang->killed;
        cartel->killed_by_force += gang->killed_by_force;
        cartel->arrested += gang->arrested;
        kept = kept_after(gang, cartel, here, par, lost / TURN);
    }
    gang->loyalty = loyalty_after(gang->loyalty, kept, par, TURN);
    gang->arms = arms_after(gang->arms, here->guns, here->rearming, par, TURN);
    gang->joins = gang->allegiance;
    if (gang->loyalty < par->disloyal && takes_stock(gang, par, week, TURN)) {
        double drawn = draw(key, ALLEGIANCE, week, gang->id);
        gang->joins = (int16_t)choose(gang, place, cartels, row, nation, par, drawn);
    }
}

static void local_turn(Gang *gang, Nation *nation, Place *places, const Cartel *cartels,
                       const Presence *presence, int64_t columns, const Parameters *par, Key key,
                       int64_t week, const double u[4]) {
    Place *place = &places[gang->place];
    const Presence *row = &presence[gang->place * columns];
    double hazard = least(1.0, QUARTER * place->local_hazard);
    double taking = QUARTER * par->local_arrests;
    double joining = QUARTER * (par->local_turnover * gang->members * place->pull);
    double leaving =
        QUARTER * (place->rehabilitated + par->local_turnover * gang->members / par->local_size);
    if (!uneventful(gang, u, joining, leaving, hazard, taking)) {
        live(gang, key, week, u, joining, leaving, hazard, taking, 0.0);
        place->killed += gang->killed;
        nation->recruited += gang->recruited;
        nation->left += gang->left;
        nation->killed += gang->killed;
        nation->arrested += gang->arrested;
    }
    gang->arms = arms_after(gang->arms, place->local_guns, par->rearming, par, QUARTER);
    gang->joins = INDEPENDENT;
    if (!takes_stock(gang, par, week, QUARTER)) return;
    double drawn[4];  /* of the allegiance, and of disbanding */
    four(key, ALLEGIANCE, week, gang->id, drawn);
    if (drawn[1] < nation->short_lived) {
        gang->left += gang->members;
        nation->left += gang->members;
        gang->members = 0;
        return;
    }
    gang->joins = (int16_t)choose(gang, place, cartels, row, nation, par, drawn[0]);
}

/* Give every gang whose turn it is ``weeks`` turns from ``week`` on; all else stands still. */
void gang_weeks(Nation *nation, Place *places, Gang *gangs, const uint32_t *cells,
                const uint32_t *unaffiliated, Cartel *cartels,
                const Presence *presence, int64_t columns, const Parameters *par, uint64_t seed,
                uint64_t replicate, int64_t week, int64_t weeks) {
    Key key = {seed, replicate};
    uint64_t entities[BLOCK];
    double draws[4][BLOCK];
    for (int64_t w = week; w < week + weeks; w++) {
        for (int64_t first = 0; first < nation->cells; first += BLOCK) {
            int n = (int)(nation->cells - first < BLOCK ? nation->cells - first : BLOCK);
            for (int i = 0; i < n; i++) entities[i] = gangs[cells[first + i]].id;
            four_each(key, RECRUIT, w, entities, n, draws);
            for (int i = 0; i < n; i++) {
                double u[4] = {draws[0][i], draws[1][i], draws[2][i], draws[3][i]};
                cell_turn(&gangs[cells[first + i]], nation, places, cartels, presence, columns,
                          par, key, w, u);
            }
        }
        for (int64_t first = 0; first < nation->unaffiliated; first += BLOCK) {
            int64_t left = nation->unaffiliated - first;
            int n = (int)(left < BLOCK ? left : BLOCK);
            for (int i = 0; i < n; i++) entities[i] = gangs[unaffiliated[first + i]].id;
            four_each(key, RECRUIT, w, entities, n, draws);
            for (int i = 0; i < n; i++) {
                double u[4] = {draws[0][i], draws[1][i], draws[2][i], draws[3][i]};
                local_turn(&gangs[unaffiliated[first + i]], nation, places, cartels, presence,
                           columns, par, key, w, u);
            }
        }
    }
}
