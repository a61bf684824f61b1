;; The kernel of the vector index. Addresses are in bytes; sizes are checked by who calls.
(module
  (memory (import "parley" "memory") 1 65536)

  ;; products16(query, rows, list, count, width, out): the product of the query with each of the `count` rows that `list` (uint32) names,
  ;; as int32. Rows and query are int16, `width` bytes each, a multiple of 16. Four rows at a time, so that memory is waited for once for
  ;; all of them: `list`, whose names must lie in the memory up to the next multiple of four, and `out` have room for so many.
  (func (export "products16")
    (param $query i32) (param $rows i32) (param $list i32) (param $count i32) (param $width i32) (param $out i32)
    (local $end i32) (local $place i32) (local $numbers v128)
    (local $row0 i32) (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local.set $end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (if (i32.eqz (local.get $count)) (then (return)))
    (loop $each
      (local.set $row0 (i32.add (local.get $rows) (i32.mul (i32.load (local.get $list)) (local.get $width))))
      (local.set $sum0 (v128.const i32x4 0 0 0 0))
      (local.set $row1 (i32.add (local.get $rows) (i32.mul (i32.load offset=4 (local.get $list)) (local.get $width))))
      (local.set $sum1 (v128.const i32x4 0 0 0 0))
      (local.set $row2 (i32.add (local.get $rows) (i32.mul (i32.load offset=8 (local.get $list)) (local.get $width))))
      (local.set $sum2 (v128.const i32x4 0 0 0 0))
      (local.set $row3 (i32.add (local.get $rows) (i32.mul (i32.load offset=12 (local.get $list)) (local.get $width))))
      (local.set $sum3 (v128.const i32x4 0 0 0 0))
      (local.set $place (i32.const 0))
      (loop $eights
        (local.set $numbers (v128.load (i32.add (local.get $query) (local.get $place))))
        (local.set $sum0 (i32x4.add (local.get $sum0) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load (i32.add (local.get $row0) (local.get $place))))))
        (local.set $sum1 (i32x4.add (local.get $sum1) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load (i32.add (local.get $row1) (local.get $place))))))
        (local.set $sum2 (i32x4.add (local.get $sum2) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load (i32.add (local.get $row2) (local.get $place))))))
        (local.set $sum3 (i32x4.add (local.get $sum3) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load (i32.add (local.get $row3) (local.get $place))))))
        (local.set $place (i32.add (local.get $place) (i32.const 16)))
        (br_if $eights (i32.lt_u (local.get $place) (local.get $width))))
      (local.set $sum0 (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sum0) (local.get $sum1))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sum0) (local.get $sum1))))
      (local.set $sum2 (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sum2) (local.get $sum3))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sum2) (local.get $sum3))))
      (v128.store (local.get $out) (i32x4.add
        (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $sum0) (local.get $sum2))
        (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $sum0) (local.get $sum2))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $list (i32.add (local.get $list) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $list) (local.get $end)))))

  ;; products8: the same for rows of int8, `width` bytes each, a multiple of 8; the query is int16, twice as long.
  (func (export "products8")
    (param $query i32) (param $rows i32) (param $list i32) (param $count i32) (param $width i32) (param $out i32)
    (local $end i32) (local $place i32) (local $numbers v128)
    (local $row0 i32) (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local.set $end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (if (i32.eqz (local.get $count)) (then (return)))
    (loop $each
      (local.set $row0 (i32.add (local.get $rows) (i32.mul (i32.load (local.get $list)) (local.get $width))))
      (local.set $sum0 (v128.const i32x4 0 0 0 0))
      (local.set $row1 (i32.add (local.get $rows) (i32.mul (i32.load offset=4 (local.get $list)) (local.get $width))))
      (local.set $sum1 (v128.const i32x4 0 0 0 0))
      (local.set $row2 (i32.add (local.get $rows) (i32.mul (i32.load offset=8 (local.get $list)) (local.get $width))))
      (local.set $sum2 (v128.const i32x4 0 0 0 0))
      (local.set $row3 (i32.add (local.get $rows) (i32.mul (i32.load offset=12 (local.get $list)) (local.get $width))))
      (local.set $sum3 (v128.const i32x4 0 0 0 0))
      (local.set $place (i32.const 0))
      (loop $eights
        (local.set $numbers (v128.load (i32.add (local.get $query) (i32.shl (local.get $place) (i32.const 1)))))
        (local.set $sum0 (i32x4.add (local.get $sum0) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load8x8_s (i32.add (local.get $row0) (local.get $place))))))
        (local.set $sum1 (i32x4.add (local.get $sum1) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load8x8_s (i32.add (local.get $row1) (local.get $place))))))
        (local.set $sum2 (i32x4.add (local.get $sum2) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load8x8_s (i32.add (local.get $row2) (local.get $place))))))
        (local.set $sum3 (i32x4.add (local.get $sum3) (i32x4.dot_i16x8_s (local.get $numbers)
          (v128.load8x8_s (i32.add (local.get $row3) (local.get $place))))))
        (local.set $place (i32.add (local.get $place) (i32.const 8)))
        (br_if $eights (i32.lt_u (local.get $place) (local.get $width))))
      (local.set $sum0 (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sum0) (local.get $sum1))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sum0) (local.get $sum1))))
      (local.set $sum2 (i32x4.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sum2) (local.get $sum3))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sum2) (local.get $sum3))))
      (v128.store (local.get $out) (i32x4.add
        (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $sum0) (local.get $sum2))
        (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $sum0) (local.get $sum2))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $list (i32.add (local.get $list) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $list) (local.get $end)))))

  ;; estimates(tables, blocks, count, groups, scales, unit, least, out): of each of `count` blocks of 16 rows, 16 estimates as float32:
  ;; (sum * unit + least) * scale, with the row's own of the float32 `scales`. A block has `groups` times 16 bytes, of each group one a
  ;; row; each half of a byte picks one of the 16 bytes of its table, of which there are two a group, and the sum, a uint16, is of all
  ;; that a row's bytes pick. Four picks are added up as uint8.
  (func (export "estimates") (param $tables i32) (param $block i32) (param $count i32) (param $groups i32) (param $scales i32)
    (param $unit f32) (param $least f32) (param $out i32)
    (local $end i32) (local $endOfBlock i32) (local $table i32)
    (local $bytes v128) (local $more v128) (local $picked v128) (local $low v128) (local $high v128) (local $nibbles v128)
    (local.set $nibbles (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 6))))
    (if (i32.eqz (local.get $count)) (then (return)))
    (loop $blocks
      (local.set $low (v128.const i32x4 0 0 0 0))
      (local.set $high (v128.const i32x4 0 0 0 0))
      (local.set $table (local.get $tables))
      (local.set $endOfBlock (i32.add (local.get $block) (i32.shl (local.get $groups) (i32.const 4))))
      (if (i32.and (local.get $groups) (i32.const 1)) (then
        (local.set $bytes (v128.load (local.get $block)))
        (local.set $picked (i8x16.add
          (i8x16.swizzle (v128.load (local.get $table)) (v128.and (local.get $bytes) (local.get $nibbles)))
          (i8x16.swizzle (v128.load offset=16 (local.get $table)) (i8x16.shr_u (local.get $bytes) (i32.const 4)))))
        (local.set $low (i16x8.extend_low_i8x16_u (local.get $picked)))
        (local.set $high (i16x8.extend_high_i8x16_u (local.get $picked)))
        (local.set $table (i32.add (local.get $table) (i32.const 32)))
        (local.set $block (i32.add (local.get $block) (i32.const 16)))
      ))
      (if (i32.lt_u (local.get $block) (local.get $endOfBlock)) (then
        (loop $each
          (local.set $bytes (v128.load (local.get $block)))
          (local.set $more (v128.load offset=16 (local.get $block)))
          (local.set $picked (i8x16.add (i8x16.add
          (i8x16.swizzle (v128.load (local.get $table)) (v128.and (local.get $bytes) (local.get $nibbles)))
          (i8x16.swizzle (v128.load offset=16 (local.get $table)) (i8x16.shr_u (local.get $bytes) (i32.const 4)))) (i8x16.add
          (i8x16.swizzle (v128.load offset=32 (local.get $table)) (v128.and (local.get $more) (local.get $nibbles)))
          (i8x16.swizzle (v128.load offset=48 (local.get $table)) (i8x16.shr_u (local.get $more) (i32.const 4))))))
          (local.set $low (i16x8.add (local.get $low) (i16x8.extend_low_i8x16_u (local.get $picked))))
          (local.set $high (i16x8.add (local.get $high) (i16x8.extend_high_i8x16_u (local.get $picked))))
          (local.set $table (i32.add (local.get $table) (i32.const 64)))
          (local.set $block (i32.add (local.get $block) (i32.const 32)))
          (br_if $each (i32.lt_u (local.get $block) (local.get $endOfBlock))))
      ))
      (v128.store (local.get $out) (f32x4.mul (v128.load (local.get $scales)) (f32x4.add (f32x4.splat (local.get $least))
        (f32x4.mul (f32x4.splat (local.get $unit)) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $low)))))))
      (v128.store offset=16 (local.get $out) (f32x4.mul (v128.load offset=16 (local.get $scales)) (f32x4.add (f32x4.splat (local.get $least))
        (f32x4.mul (f32x4.splat (local.get $unit)) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $low)))))))
      (v128.store offset=32 (local.get $out) (f32x4.mul (v128.load offset=32 (local.get $scales)) (f32x4.add (f32x4.splat (local.get $least))
        (f32x4.mul (f32x4.splat (local.get $unit)) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $high)))))))
      (v128.store offset=48 (local.get $out) (f32x4.mul (v128.load offset=48 (local.get $scales)) (f32x4.add (f32x4.splat (local.get $least))
        (f32x4.mul (f32x4.splat (local.get $unit)) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $high)))))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 64)))
      (local.set $out (i32.add (local.get $out) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $out) (local.get $end)))))

  ;; select(values, count, least, out): the places of those of the `count` float32 `values`, a multiple of 4, that are not under `least`,
  ;; as uint32. Answers how many they are. Writes up to 4 bytes behind them.
  (func (export "select") (param $values i32) (param $count i32) (param $least f32) (param $out i32) (result i32)
    (local $place i32) (local $next i32) (local $found i32)
    (local.set $next (local.get $out))
    (if (i32.eqz (local.get $count)) (then (return (i32.const 0))))
    (loop $fours
      (local.set $found (i32x4.bitmask (f32x4.ge
        (v128.load (i32.add (local.get $values) (i32.shl (local.get $place) (i32.const 2)))) (f32x4.splat (local.get $least)))))
      (if (local.get $found) (then
        (i32.store (local.get $next) (local.get $place))
        (local.set $next (i32.add (local.get $next) (i32.shl (i32.and (local.get $found) (i32.const 1)) (i32.const 2))))
        (i32.store (local.get $next) (i32.add (local.get $place) (i32.const 1)))
        (local.set $next (i32.add (local.get $next) (i32.shl (i32.and (i32.shr_u (local.get $found) (i32.const 1)) (i32.const 1)) (i32.const 2))))
        (i32.store (local.get $next) (i32.add (local.get $place) (i32.const 2)))
        (local.set $next (i32.add (local.get $next) (i32.shl (i32.and (i32.shr_u (local.get $found) (i32.const 2)) (i32.const 1)) (i32.const 2))))
        (i32.store (local.get $next) (i32.add (local.get $place) (i32.const 3)))
        (local.set $next (i32.add (local.get $next) (i32.shl (i32.and (i32.shr_u (local.get $found) (i32.const 3)) (i32.const 1)) (i32.const 2))))
      ))
      (local.set $place (i32.add (local.get $place) (i32.const 4)))
      (br_if $fours (i32.lt_u (local.get $place) (local.get $count))))
    (i32.shr_u (i32.sub (local.get $next) (local.get $out)) (i32.const 2))))
