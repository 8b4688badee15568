/** The same in Japanese and Korean, shorter: few providers speak them. Looked for as they stand. */
import type { PhraseRow } from '../../phrases.ts';

export const EAST_ASIAN: readonly PhraseRow[] = [
  {
    means: 'content_policy_violation/general',
    say: [
      '不適切',
      'ポリシー',
      'ガイドライン',
      'センシティブ',
      '有害',
      '安全性',
      '부적절',
      '유해',
      '정책',
      '민감',
      '안전 필터',
    ],
  },
  {
    means: 'quota_exceeded/account_quota',
    say: [
      'クレジット',
      '残高',
      '残額',
      '上限に達し',
      'ポイントが不足',
      '支払',
      '잔액',
      '크레딧',
      '포인트가 부족',
      '결제',
    ],
  },
  {
    means: 'quota_exceeded/concurrency_limit',
    say: ['同時..リクエスト', '同時..実行', '同時..処理', '동시..요청', '동시..실행', '동시..작업'],
  },
  {
    means: 'quota_exceeded/rate_limit',
    say: ['レート制限', 'レートリミット', '多すぎ', '頻繁', '요청이 너무 많', '속도 제한', '호출 제한'],
  },
  { means: 'resource_exhausted', say: ['混雑', '過負荷', '混み合', '혼잡', '과부하', '사용량이 많'] },
  { means: 'generation_timeout', say: ['タイムアウト', '時間切れ', '시간 초과', '시간이 초과', '타임아웃'] },
  {
    means: 'image_processing_error/url_inaccessible',
    say: ['ダウンロードでき', 'ダウンロードに失敗', '다운로드할 수 없', '다운로드에 실패'],
  },
  { means: 'image_processing_error/corrupted', say: ['破損', '読み込めま', '손상'] },
  {
    means: 'image_processing_error/unsupported_format',
    or: ['invalid_parameters'],
    say: ['画像形式', 'ファイル形式', '対応していない形式', '파일 형식', '이미지 형식'],
  },
  {
    means: 'invalid_parameters/prompt_too_long',
    say: ['長すぎ', '文字数', '글자 수', '너무 깁니다', '너무 길'],
  },
  {
    means: 'invalid_parameters/file_too_large',
    say: ['大きすぎ', 'ファイルサイズ', '파일 크기', '너무 큽니다'],
  },
  { means: 'invalid_parameters/image_dimension', say: ['解像度', 'アスペクト比', '해상도', '비율'] },
  {
    means: 'service_unavailable',
    say: ['認証', 'メンテナンス', '権限', 'ログイン', 'apiキー', '인증', '점검', '권한', 'api 키'],
  },
  { means: 'request_cancelled', say: ['キャンセル', '취소'] },
  {
    means: 'resource_not_found',
    say: ['見つかりません', '存在しません', '有効期限', '찾을 수 없', '존재하지 않', '만료'],
  },
  {
    means: 'invalid_parameters/general',
    strength: 'fair',
    say: [
      'パラメータ',
      '必須',
      '無効',
      '不正',
      'サポートされていません',
      '필수',
      '잘못된',
      '유효하지',
      '지원하지',
    ],
  },
  {
    means: 'service_error',
    strength: 'fair',
    say: ['内部エラー', 'サーバーエラー', '予期しない', '내부 오류', '서버 오류', '예기치'],
  },
  { means: 'service_error', strength: 'vague', say: ['エラー', '失敗', '오류', '실패'] },
];
